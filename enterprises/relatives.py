"""Whose name stands beside somebody's own in a list, the father's or the husband's, as far as it is certain."""

import re
from collections.abc import Mapping

from enterprises.models import Person, Sex
from places import matching

FATHER, HUSBAND = str(Person.Relation.FATHER), str(Person.Relation.HUSBAND)
# "S/o", "D. O.", "w/o": son, daughter or wife of; each is taken for one word.
OF = re.compile(r"\b([sdw])\s*[/.\\]\s*o\b\.?", re.IGNORECASE)
WORDS = dict.fromkeys(["so", "do", "father", "fathers", "والد", "ولد", "ولدیت", "بنت", "دختر"], FATHER) | dict.fromkeys(
    ["wo", "husband", "husbands", "شوہر", "خاوند", "زوج", "زوجہ", "زوجیت", "بیوہ"], HUSBAND
)
# What else a head of such a column says.
FILLERS = frozenset(["name", "names", "s", "of", "or", "and", "کا", "نام", "یا", "اور"])
# Before a name in its own cell: "S/o Aslam", "Father: Aslam", "زوجہ اسلم".
BEFORE = re.compile(
    r"\A\s*(?:[sdw]\s*[/.\\]\s*o\b|(?:father|husband|والد|شوہر|خاوند)(?=\s*:)|(?:ولد|بنت|دختر|زوجہ|بیوہ)(?=[\s:]))"
    r"[\s.:-]*(?=\w)",
    re.IGNORECASE,
)


def named_in(text: str) -> set[str]:
    """Which of the two a head, or what stands before a name, speaks of."""
    return {WORDS[word] for word in words_of(text) if word in WORDS}


def is_head(text: str) -> bool:
    """Whether a column is called by nothing but these: "Father/Husband name", "S/o W/o D/o", "ولدیت/زوجیت"."""
    return bool(named_in(text)) and {*words_of(text)} <= {*WORDS} | FILLERS


def words_of(text: str) -> list[str]:
    return matching.words_of(OF.sub(r" \1o ", text))


def read(sent: Mapping[str, str], *, is_said: bool) -> dict[str, str]:
    """The name without what says whose it is, and whose it is; `is_said`: the row has a cell of its own for it.

    Beside a man's name stands his father's. Of others it is left unsaid where nothing tells it.
    """
    name, relation = sent.get("parent_name", ""), sent.get("parent_relation", "")
    if found := BEFORE.match(name):
        name = name[found.end() :]
        relation = relation if is_said else named_in(found.group()).pop()
    if name and not relation and sent.get("sex") == Sex.MAN:
        relation = FATHER
    return {"parent_name": name, "parent_relation": relation}

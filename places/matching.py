"""Finding the district that somebody means by what they type: a district, a town, an old name, in either script.

All names are compared here, not in the database: there are about 1,200, and one way of folding them serves the exact
look and the trigrams alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kit.text import clean
from places.models import District

MOST = 6
# How much two names share of their trigrams before one may be a misspelling of the other.
ALIKE = 0.3
SHORTEST_PART = 4
MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
APART = re.compile(r"[\W_]+")
# Letters that keyboards tell apart and readers do not: Arabic forms, and the seat of a hamza.
ONE_LETTER = str.maketrans("يىئكهةۃۂھأإآؤ", "یییکہہہہہاااو")
# Where a city has the district's name, that city is by far meant: whoever lives in the part that left says its name.
CITIES = frozenset({"rawalpindi", "gujranwala"})
# What people write around the name of a place, and what is no part of it.
AROUND = frozenset({"district", "tehsil", "city", "zila", "zilla", "taluka", "ضلع", "تحصیل", "شہر"})


@dataclass(frozen=True)
class Found:
    """Districts that may be meant, the likeliest first; `is_certain` when it can be no other."""

    districts: tuple[District, ...] = ()
    is_certain: bool = False


def words_of(text: str) -> list[str]:
    """The words of the text in one case and one form of each letter, without marks and signs."""
    plain = MARKS.sub("", clean(text).casefold()).translate(ONE_LETTER)
    return [word for word in APART.split(plain) if word]


def folded(text: str) -> str:
    """The name of a place as it is compared, without what people write around it."""
    return "".join(word for word in words_of(text) if word not in AROUND)


def trigrams(text: str) -> frozenset[str]:
    padded = f"  {text} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """What two sets of trigrams share, from 0 to 1."""
    return len(one & other) / len(one | other)


def find(typed: str, *, on: date) -> Found:
    """The districts of that day which may be meant. One that ended leads to its successors; nothing is guessed."""
    wanted = folded(typed)
    if not wanted:
        return Found()
    atlas = Atlas(on)
    exact = atlas.called(wanted)
    if not exact:
        return Found(tuple(atlas.alike(wanted))[:MOST])
    offered = atlas.with_new_parts(exact)
    return Found(tuple(offered), is_certain=len(offered) == 1)


class Atlas:
    """All districts with the names that lead to them on one day, read in three queries."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.rows: dict[int, District] = {row.pk: row for row in District.objects.for_matching(on=on)}
        self.names: list[tuple[str, int]] = [(folded(name), row.pk) for row in self.rows.values() for name in of(row)]

    def called(self, wanted: str) -> list[District]:
        return self.standing(pk for name, pk in self.names if name == wanted)

    def alike(self, wanted: str) -> list[District]:
        """Names that begin so, that stand inside what was typed, or that share most of their trigrams with it."""
        grams = trigrams(wanted)
        scores: dict[int, float] = {}
        for name, pk in self.names:
            score = likeness(trigrams(name), grams)
            if len(wanted) >= SHORTEST_PART and name.startswith(wanted):
                score = 1 + score
            elif len(name) >= SHORTEST_PART and name in wanted:
                score = 1 + len(name) / len(wanted)
            if score >= ALIKE:
                scores[pk] = max(score, scores.get(pk, 0))
        return self.standing(sorted(scores, key=lambda pk: (-scores[pk], self.rows[pk].name)))

    def standing(self, pks: Iterable[int]) -> list[District]:
        """These districts, or what they became; each once."""
        found: dict[int, District] = {}
        for pk in pks:
            found |= {row.pk: row for row in self.became(self.rows[pk], frozenset())}
        return list(found.values())

    def became(self, row: District, seen: frozenset[int]) -> list[District]:
        """The district itself while it exists; else its successors; else what was split off from it, or its parent."""
        if row.pk in seen:
            return []
        if row.ends_on is None or row.ends_on >= self.on:
            return [row]
        later: list[Any] = [self.rows[one.pk] for one in row.successors.all() if one.pk in self.rows]
        later = later or self.parts_of(row) or [self.rows[pk] for pk in (row.parent_id,) if pk in self.rows]
        return [end for one in later for end in self.became(one, seen | {row.pk})]

    def parts_of(self, row: District) -> list[District]:
        return [part for part in self.rows.values() if part.parent_id == row.pk]

    def with_new_parts(self, rows: list[District]) -> list[District]:
        """These, and the new districts split off from them: many people and cards still say the old name."""
        parts = (
            part
            for row in rows
            if row.code not in CITIES
            for part in self.parts_of(row)
            if part.standing == District.Standing.RECENT
        )
        return self.standing([*(row.pk for row in rows), *(part.pk for part in parts)])


def of(row: District) -> list[str]:
    """Every name that leads to the district, in both scripts."""
    own = [row.name, row.name_ur, row.alias, row.alias_ur]
    others = [name for alias in row.known_aliases for name in (alias.name, alias.name_ur)]
    return [name for name in (*own, *others) if name]

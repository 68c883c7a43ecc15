"""Who is whose: what people say of their families, what follows from it, and how both are called.

Nothing here asks the database. A relation is always what the second is to the first: in "Nasreen, PARENT, Ghulam"
Ghulam is her father. What nobody said follows from what somebody said: the parent's inverse is the child, husband and
wife are each other's, children of one parent are brothers and sisters, and the families of the two are in-laws.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Relation(models.TextChoices):
    """What the second is to the first, the closest first."""

    SPOUSE = "spouse", _("Husband or wife")
    PARENT = "parent", _("Father or mother")
    CHILD = "child", _("Son or daughter")
    SIBLING = "sibling", _("Brother or sister")
    GRANDPARENT = "grandparent", _("Grandparent")
    GRANDCHILD = "grandchild", _("Grandchild")
    PARENT_IN_LAW = "parent_in_law", _("Father-in-law or mother-in-law")
    CHILD_IN_LAW = "child_in_law", _("Son-in-law or daughter-in-law")
    SIBLING_IN_LAW = "sibling_in_law", _("Brother-in-law or sister-in-law")
    OTHER = "other", _("Another close relative")


class Ending(models.TextChoices):
    """How a marriage ended."""

    DEATH = "death", _("by death")
    DIVORCE = "divorce", _("by divorce")


class Standing(models.TextChoices):
    """What follows for somebody from their marriages."""

    MARRIED = "married", _("Married")
    WIDOWED = "widowed", _("Widowed")
    DIVORCED = "divorced", _("Divorced")


class Tie(NamedTuple):
    """One statement about two people on file, as far as the rules need it. `until_on` is when the marriage ended."""

    person: int
    relative: int
    relation: str
    since_on: dt.date | None = None
    until_on: dt.date | None = None
    ending: str = ""


R = Relation
INVERSE = {
    R.SPOUSE: R.SPOUSE,
    R.PARENT: R.CHILD,
    R.CHILD: R.PARENT,
    R.SIBLING: R.SIBLING,
    R.GRANDPARENT: R.GRANDCHILD,
    R.GRANDCHILD: R.GRANDPARENT,
    R.PARENT_IN_LAW: R.CHILD_IN_LAW,
    R.CHILD_IN_LAW: R.PARENT_IN_LAW,
    R.SIBLING_IN_LAW: R.SIBLING_IN_LAW,
    R.OTHER: R.OTHER,
}
# Of these a couple is one at a time. A cousin may be the husband, and a brother-in-law may become it.
ONE_AT_A_TIME = frozenset(R) - {R.SIBLING_IN_LAW, R.OTHER}
# Going up by these leads to ancestors: nobody is their own.
UPWARD = frozenset({R.PARENT, R.GRANDPARENT})
# Two steps, and what they make: my husband's father is my father-in-law.
PATHS = {
    (R.PARENT, R.PARENT): R.GRANDPARENT,
    (R.CHILD, R.CHILD): R.GRANDCHILD,
    (R.SPOUSE, R.PARENT): R.PARENT_IN_LAW,
    (R.CHILD, R.SPOUSE): R.CHILD_IN_LAW,
    (R.SPOUSE, R.SIBLING): R.SIBLING_IN_LAW,
    (R.SIBLING, R.SPOUSE): R.SIBLING_IN_LAW,
    (R.PARENT, R.SIBLING): R.OTHER,
    (R.SIBLING, R.CHILD): R.OTHER,
    (R.SPOUSE, R.CHILD): R.OTHER,
    (R.PARENT, R.SPOUSE): R.OTHER,
    (R.SPOUSE, R.SPOUSE): R.OTHER,
    (R.SIBLING, R.SIBLING): R.OTHER,
    (R.SIBLING, R.PARENT): R.OTHER,
    (R.CHILD, R.SIBLING): R.OTHER,
    (R.CHILD, R.PARENT): R.OTHER,
}
CLOSENESS = {relation: place for place, relation in enumerate(R)}

Family = dict[int, dict[int, set[Relation]]]


def close_relatives(of: int, others: Collection[int], ties: Collection[Tie], *, on: dt.date) -> dict[int, Relation]:
    """Which of the others are close relatives on that day, and what each is to `of`; the closest where it is several.

    Who were husband and wife once stay close to each other, whatever ended it. Their in-laws stay in-laws after a
    death, and are none any more after a divorce.
    """
    direct, through = family_of(ties, on=on, past=set(Ending)), family_of(ties, on=on, past={Ending.DEATH})
    found = {other: closest(of, other, direct, through) for other in others if other != of}
    return {other: relation for other, relation in found.items() if relation is not None}


def closest(one: int, other: int, direct: Family, through: Family) -> Relation | None:
    """Said from the side of the lower number and turned round for the other, so that both hear the same."""
    first, second = sorted((one, other))
    relations = direct.get(first, {}).get(second, set()) | {
        made
        for between, steps in through.get(first, {}).items()
        if between != second
        for step in steps
        for next_step in through.get(between, {}).get(second, set())
        if (made := PATHS.get((step, next_step)))
    }
    if not relations:
        return None
    nearest = min(relations, key=CLOSENESS.__getitem__)
    return nearest if first == one else INVERSE[nearest]


def family_of(ties: Iterable[Tie], *, on: dt.date, past: Collection[str]) -> Family:
    """Everybody's relatives in one step: what was said, its inverse, and brothers and sisters by a common parent.

    A marriage that ended in one of the `past` ways counts on.
    """
    family: Family = {}
    for tie in ties:
        if not lasts(tie, on=on, past=past):
            continue
        relation = R(tie.relation)
        family.setdefault(tie.person, {}).setdefault(tie.relative, set()).add(relation)
        family.setdefault(tie.relative, {}).setdefault(tie.person, set()).add(INVERSE[relation])
    for relatives in list(family.values()):
        children = [person for person, relations in relatives.items() if R.CHILD in relations]
        for one in children:
            for other in children:
                if one != other:
                    family[one].setdefault(other, set()).add(R.SIBLING)
    return family


def lasts(tie: Tie, *, on: dt.date, past: Collection[str] = ()) -> bool:
    """Only marriages begin and end; one that ended in one of the `past` ways counts on."""
    if tie.since_on is not None and tie.since_on > on:
        return False
    is_over = tie.until_on is not None and tie.until_on <= on
    return not is_over or tie.ending in past


def standing_of(marriages: Iterable[Tie], *, on: dt.date) -> Standing | None:
    """Married, widowed or divorced, by the marriages that were stated; None where none was, for nobody is asked."""
    begun = [one for one in marriages if one.since_on is None or one.since_on <= on]
    if not begun:
        return None
    if any(lasts(one, on=on) for one in begun):
        return Standing.MARRIED
    last = max(begun, key=lambda one: (one.until_on, one.ending))
    return Standing.WIDOWED if last.ending == Ending.DEATH else Standing.DIVORCED


# Words. English tells a man from a woman in most of them, Urdu in all, and of whom in some.

MAN, WOMAN = "man", "woman"
WORDS: Mapping[Relation, tuple[Promise, Promise]] = {
    R.SPOUSE: (_("Husband"), _("Wife")),
    R.PARENT: (_("Father"), _("Mother")),
    R.CHILD: (_("Son"), _("Daughter")),
    R.SIBLING: (_("Brother"), _("Sister")),
    R.GRANDPARENT: (_("Grandfather"), _("Grandmother")),
    R.GRANDCHILD: (_("Grandson"), _("Granddaughter")),
    R.PARENT_IN_LAW: (_("Father-in-law"), _("Mother-in-law")),
    R.CHILD_IN_LAW: (_("Son-in-law"), _("Daughter-in-law")),
    R.SIBLING_IN_LAW: (_("Brother-in-law"), _("Sister-in-law")),
    R.OTHER: (_("Uncle, nephew or another man of the family"), _("Aunt, niece or another woman of the family")),
}
# The husband's brother is another word than the wife's.
IN_LAWS_OF = {
    MAN: (pgettext_lazy("of a man", "Brother-in-law"), pgettext_lazy("of a man", "Sister-in-law")),
    WOMAN: (pgettext_lazy("of a woman", "Brother-in-law"), pgettext_lazy("of a woman", "Sister-in-law")),
}

WIDOWED = {MAN: pgettext_lazy("of a man", "Widowed"), WOMAN: pgettext_lazy("of a woman", "Widowed")}


def standing_word(standing: Standing, *, sex: str) -> Promise:
    return WIDOWED.get(sex, standing.label) if standing == Standing.WIDOWED else standing.label


def word_for(relation: str, *, sex: str, of: str) -> Promise:
    """What somebody of this sex is called who is so related to somebody of the sex `of`."""
    words = WORDS[R(relation)]
    if relation == R.SIBLING_IN_LAW:
        words = IN_LAWS_OF.get(of, words)
    return {MAN: words[0], WOMAN: words[1]}.get(sex, R(relation).label)

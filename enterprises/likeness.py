"""How much two records look like one person, in points that each have a reason in words.

Nothing is decided by it: it puts records before a colleague's eyes, who knows the people. A name alone never reaches
`ENOUGH`, because there are hundreds of Muhammad Akrams; with it must come what they do not share: the father, the year
of birth, the telephone or the card. What contradicts (another father, another card) takes more than it could give.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises.skeletons import TITLE, VOWEL, Bone, bones
from kit.text import ascii_digits, clean

ENOUGH = 60


class Reason(models.TextChoices):
    """Why two records look like one person, or not, as an advisor reads it."""

    NAME = "name", _("The names sound the same")
    NAME_NEARLY = "name_nearly", _("The names sound nearly the same")
    PARENT = "parent", _("The father's or husband's names sound the same")
    PARENT_DIFFERS = "parent_differs", _("The fathers have different names")
    YEAR = "year", _("Same year of birth")
    YEAR_BESIDE = "year_beside", _("Years of birth one apart")
    YEAR_DIFFERS = "year_differs", _("The years of birth differ")
    PHONE = "phone", _("Same mobile number")
    CNIC = "cnic", _("Same CNIC")
    CNIC_DIGIT = "cnic_digit", _("The CNICs differ in one digit only")
    CNIC_SWAPPED = "cnic_swapped", _("Two digits of the CNIC stand the other way round")
    CNIC_DIFFERS = "cnic_differs", _("The CNICs differ")
    SEX_DIFFERS = "sex_differs", _("One is written down as a woman, the other as a man")
    SIBLING = "sibling", _("Brothers and sisters often have names that sound alike")
    CHILD = "child", _("One bears the name of the other's father or husband")
    DISTRICT = "district", _("Same district")


# What each fact is worth. Each two of father, year, telephone and a slip on the card suffice beside the name; the same
# name with the same telephone suffices, because families on one telephone bear different names.
POINTS = {
    Reason.PARENT: 25,
    Reason.PARENT_DIFFERS: -30,
    Reason.YEAR: 15,
    Reason.YEAR_BESIDE: 10,
    Reason.YEAR_DIFFERS: -40,
    Reason.PHONE: 25,
    Reason.CNIC: 100,
    Reason.CNIC_DIGIT: 35,
    Reason.CNIC_SWAPPED: 35,
    # Nobody has two cards; a number borrowed from a husband still needs a colleague who remembers.
    Reason.CNIC_DIFFERS: -60,
    Reason.SEX_DIFFERS: -50,
    Reason.SIBLING: -35,
    Reason.CHILD: -40,
    Reason.DISTRICT: 5,
}
NAME_POINTS = 40
OTHER_PHONE = OTHER_DISTRICT = -5  # people move, and change their number
AGAINST = frozenset({reason for reason, points in POINTS.items() if points < 0})
# Below it, two names are two names, whatever else agrees: brothers share father, telephone and house.
ALIKE, SAME = 0.7, 0.9
SHORTENED = 0.8
SAME_WORD = 0.82
# Below it, two fathers are two men.
PARENT_ALIKE = 0.65
WORD_ALIKE = 0.7
# What it costs to leave a letter out, and to take one for the other; 1 where nothing is said.
FAINT = {"h": 0.4, "w": 0.4, "y": 0.4, "a": 0.4, "A": 0.6, "I": 0.6, "U": 0.6}
CONFUSED = {
    "szjx": 0.4,
    "kg": 0.4,
    "pfb": 0.4,
    "zd": 0.6,
    "wb": 0.4,
    "td": 0.4,
    "AI": 0.6,
    "AU": 0.5,
    "wU": 0.4,
    "yI": 0.4,
}
COARSE = str.maketrans({"z": "s", "j": "s", "x": "s", "w": None, "y": None})
NUMBER_LENGTH = 10  # of a mobile number without its country


@dataclass(frozen=True)
class Facts:
    """What is known of somebody, on file or just being typed; "" and None are unknown."""

    name: str
    sex: str = ""
    parent_name: str = ""
    parent_relation: str = ""
    birth_year: int | None = None
    phone: str = ""
    cnic: str = ""
    districts: frozenset[int | str] = frozenset()

    @property
    def are_enough(self) -> bool:
        """Whether anybody can be found by them: a name alone calls up every Akram of the country."""
        return bool(self.phone or self.cnic or keys_of(self))


@dataclass(frozen=True)
class Likeness:
    points: int
    reasons: tuple[Reason, ...]

    @property
    def is_enough(self) -> bool:
        return self.points >= ENOUGH

    @property
    def words_for(self) -> list[str]:
        """Why they look alike."""
        return [str(reason.label) for reason in self.reasons if reason not in AGAINST]

    @property
    def words_against(self) -> list[str]:
        """What speaks against it."""
        return [str(reason.label) for reason in self.reasons if reason in AGAINST]


def score(one: Facts, other: Facts) -> Likeness:
    """How much the two look like one person; the same either way round."""
    likeness = name_likeness(one.name, other.name)
    reasons = [reason for rule in RULES for reason in rule(one, other)]
    if likeness < ALIKE:
        # Whoever they are, they bear other names; only a card could make them one person.
        reasons = [reason for reason in reasons if reason == Reason.CNIC]
        return Likeness(sum(POINTS[reason] for reason in reasons), tuple(reasons))
    is_same = likeness >= SAME and no_word_differs(bones(one.name), bones(other.name))
    if not is_same:
        reasons += by_family(one, other, reasons)
    reasons.insert(0, Reason.NAME if is_same else Reason.NAME_NEARLY)
    points = round(NAME_POINTS * likeness) + sum(POINTS.get(reason, 0) for reason in reasons) + moved(one, other)
    return Likeness(points, tuple(reasons))


def by_cnic(one: Facts, other: Facts) -> Iterable[Reason]:
    first, second = number(one.cnic), number(other.cnic)
    if first and second:
        yield cnic_reason(first, second)


def cnic_reason(first: str, second: str) -> Reason:
    if first == second:
        return Reason.CNIC
    places = [place for place, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]]
    if len(first) != len(second):
        return Reason.CNIC_DIFFERS
    if len(places) == 1:
        return Reason.CNIC_DIGIT
    if len(places) == 2 and places[1] == places[0] + 1:  # noqa: PLR2004 - two that stand side by side
        left, right = places
        if first[left] == second[right] and first[right] == second[left]:
            return Reason.CNIC_SWAPPED
    return Reason.CNIC_DIFFERS


def by_parent(one: Facts, other: Facts) -> Iterable[Reason]:
    """A father's name and a husband's are two men's, unless they are one: then somebody ticked the other box."""
    if not one.parent_name or not other.parent_name:
        return
    if name_likeness(one.parent_name, other.parent_name) >= PARENT_ALIKE:
        yield Reason.PARENT
    elif one.parent_relation == other.parent_relation:
        yield Reason.PARENT_DIFFERS


def by_year(one: Facts, other: Facts) -> Iterable[Reason]:
    if one.birth_year is None or other.birth_year is None:
        return
    apart = abs(one.birth_year - other.birth_year)
    yield {0: Reason.YEAR, 1: Reason.YEAR_BESIDE}.get(apart, Reason.YEAR_DIFFERS)


def by_phone(one: Facts, other: Facts) -> Iterable[Reason]:
    if number(one.phone) and number(one.phone)[-NUMBER_LENGTH:] == number(other.phone)[-NUMBER_LENGTH:]:
        yield Reason.PHONE


def by_sex(one: Facts, other: Facts) -> Iterable[Reason]:
    if one.sex and other.sex and one.sex != other.sex:
        yield Reason.SEX_DIFFERS


def by_district(one: Facts, other: Facts) -> Iterable[Reason]:
    if one.districts & other.districts:
        yield Reason.DISTRICT


def by_family(one: Facts, other: Facts, reasons: list[Reason]) -> Iterable[Reason]:
    """Names that are only nearly alike, in one house: parents like names that rhyme, and call the next one Hussain.

    Somebody born in the same year or with the same card but for a slip is no brother.
    """
    is_one_house = bool({Reason.PARENT, Reason.PHONE}.intersection(reasons))
    is_shortened = is_within(bones(one.name), bones(other.name))
    if is_one_house and not is_shortened and not TELLS_SIBLINGS.intersection(reasons):
        yield Reason.SIBLING
    if bears_name_of(one, other) or bears_name_of(other, one):
        yield Reason.CHILD


def bears_name_of(child: Facts, parent: Facts) -> bool:
    return bool(child.parent_name) and name_likeness(child.parent_name, parent.name) >= SAME


RULES = (by_cnic, by_parent, by_year, by_phone, by_sex, by_district)
TELLS_SIBLINGS = frozenset({Reason.YEAR, Reason.CNIC_DIGIT, Reason.CNIC_SWAPPED})


def moved(one: Facts, other: Facts) -> int:
    """What another number and another district take away: little."""
    has_other_phone = bool(one.phone and other.phone) and not [*by_phone(one, other)]
    has_other_district = bool(one.districts and other.districts) and not one.districts & other.districts
    return OTHER_PHONE * has_other_phone + OTHER_DISTRICT * has_other_district


def number(text: str) -> str:
    """The digits of a number, whatever the script and whatever stands between them."""
    return re.sub(r"[^0-9]", "", ascii_digits(clean(text)))


# Where to look


def keys_of(facts: Facts, *, years_around: int = 0) -> list[str]:
    """Short keys that two records of one person share, however their names were spelled.

    A name alone would call up every Akram of the country, so each key is a word of the name with a word of the
    father's, or with the year of birth. `years_around` is for the one who looks; what is stored has its own year alone.
    """
    names, parents = key_words(facts.name), key_words(facts.parent_name)
    years = []
    if facts.birth_year is not None:
        years = [facts.birth_year + apart for apart in range(-years_around, years_around + 1)]
    return sorted({f"{name}/{other}" for name in names for other in (*parents, *years)})


def sounds_of(name: str, parent_name: str) -> list[str]:
    """How somebody is found who is asked for by name, by the father's or husband's, or by both: in either script."""
    return sorted(key_words(name) | key_words(parent_name))


def sounds_asked(text: str) -> list[list[str]]:
    """What the sounds of whoever is meant hold: every word that tells something, or all of them as one word."""
    if not bones(text):
        return []
    found = telling(bones(text))
    ways = [[bone.sound for bone in found], [in_one_word(found)]]
    keys = [sorted({key for sound in way if (key := sound.translate(COARSE))}) for way in ways]
    return [way for way in keys if way]


def key_words(name: str) -> set[str]:
    """The telling words without the sounds that get lost, and all of them as one word."""
    if not bones(name):
        return set()
    found = telling(bones(name))
    sounds = [*(bone.sound for bone in found), in_one_word(found)]
    return {key for sound in sounds if (key := sound.translate(COARSE))}


def slips_of(cnic: str) -> list[str]:
    """The numbers that differ from this one in a digit, or in two neighbours the other way round: 130 at most."""
    others = {f"{cnic[:place]}{digit}{cnic[place + 1 :]}" for place in range(len(cnic)) for digit in "0123456789"}
    others |= {f"{cnic[:at]}{cnic[at + 1]}{cnic[at]}{cnic[at + 2 :]}" for at in range(len(cnic) - 1)}
    return sorted(others - {cnic})


# Names


@lru_cache(maxsize=65536)
def name_likeness(one: str, other: str) -> float:
    """From 0 to 1: how far the words of two names agree, in any order and either script.

    Words that tell little (Muhammad, titles) count little. Names written as one word or as several ("Habibullah",
    "Habib Ullah") are compared whole as well.
    """
    first, second = without_titles(bones(one), bones(other)), without_titles(bones(other), bones(one))
    if not first or not second:
        return 0.0
    weights = sum(bone.weight for bone in (*first, *second))
    shared = best_match(first, second)
    shortened = SHORTENED if is_within(first, second) else 0.0
    return min(1.0, max(2 * shared / weights, whole_likeness(first, second), shortened))


def without_titles(name: tuple[Bone, ...], beside: tuple[Bone, ...]) -> tuple[Bone, ...]:
    """A title that one clerk wrote and the other did not says nothing; a name that is a title by itself stays."""
    if any(bone.weight == TITLE for bone in beside):
        return name
    return tuple(bone for bone in name if bone.weight != TITLE) or name


def best_match(first: tuple[Bone, ...], second: tuple[Bone, ...]) -> float:
    """The most that can be had by giving each word of one name at most one of the other."""
    if not first or not second:
        return 0.0
    head, rest = first[0], first[1:]
    found = best_match(rest, second)
    for place, bone in enumerate(second):
        if agreed := word_likeness(head, bone):
            others = best_match(rest, second[:place] + second[place + 1 :])
            found = max(found, agreed * min(head.weight, bone.weight) + others)
    return found


def word_likeness(one: Bone, other: Bone) -> float:
    """Between the scripts by skeleton, within one by the vowels too: brothers are named Hassan and Hussain."""
    is_one_script = one.spelled.isascii() == other.spelled.isascii()
    likeness = agreement(one.melody, other.melody) if is_one_script else agreement(one.sound, other.sound)
    return likeness if likeness >= WORD_ALIKE else 0.0


def whole_likeness(first: tuple[Bone, ...], second: tuple[Bone, ...]) -> float:
    """Of names that were run together by one of the two clerks: "Habibullah", "Habib Ullah"."""
    one, other = telling(first), telling(second)
    if len(one) == len(other):
        return 0.0
    likeness = agreement(in_one_word(one), in_one_word(other))
    return likeness if likeness >= SAME else 0.0


def telling(name: tuple[Bone, ...]) -> list[Bone]:
    """The words that tell most: the name itself, or what stands for it where somebody is called by a title alone."""
    most = max(bone.weight for bone in name)
    return [bone for bone in name if bone.weight == most]


def in_one_word(name: Iterable[Bone]) -> str:
    """The words run together; a vowel that begins a word is not heard within one."""
    first, *others = [bone.sound for bone in name]
    return first + "".join(sound.lstrip(VOWEL) for sound in others)


def is_one_name(one: str, other: str) -> bool:
    """Whether somebody who wrote this name knew the other: not letter by letter, but each word that tells something."""
    first, second = bones(one), bones(other)
    if name_likeness(one, other) < SHORTENED or not no_word_differs(first, second):
        return False
    return not stands_for_a_name(first, second)


def stands_for_a_name(first: tuple[Bone, ...], second: tuple[Bone, ...]) -> bool:
    """Nasreen Bibi and Nasreen Akhtar may be two: a title left out says nothing only where two further words agree."""
    shorter, longer = sorted((first, second), key=lambda name: len(telling(name)))
    titles = {bone.sound for bone in shorter if bone.weight == TITLE} - {bone.sound for bone in longer}
    return bool(titles) and len(telling(shorter)) == 1 < len(telling(longer))


def no_word_differs(first: tuple[Bone, ...], second: tuple[Bone, ...]) -> bool:
    """Saleem Akhtar and Kaleem Akhtar agree in most letters, and are brothers."""
    one, other = telling(first), telling(second)
    if len(one) != len(other):
        return True
    return all(
        any(word_likeness(bone, match) >= SAME_WORD for match in among)
        for bones_of_one, among in ((one, other), (other, one))
        for bone in bones_of_one
    )


def is_within(first: tuple[Bone, ...], second: tuple[Bone, ...]) -> bool:
    """Somebody left out a part of their name: every word that tells something stands in the longer one too."""
    fewer, more = sorted((telling(first), telling(second)), key=len)
    return len(fewer) < len(more) and all(any(word_likeness(bone, other) >= SAME for other in more) for bone in fewer)


@lru_cache(maxsize=65536)
def agreement(one: str, other: str) -> float:
    """1 minus the share of letters to change; sounds that people confuse are changed at less than half the price."""
    if one == other:
        return 1.0
    row = [0.0]
    for letter in other:
        row.append(row[-1] + price(letter))
    for left in one:
        above, row = row, [row[0] + price(left)]
        for place, right in enumerate(other, start=1):
            swap = above[place - 1] + (0.0 if left == right else exchange(left, right))
            row.append(min(swap, above[place] + price(left), row[-1] + price(right)))
    return 1 - row[-1] / max(len(one), len(other))


def price(letter: str) -> float:
    return FAINT.get(letter, 1.0)


def exchange(one: str, other: str) -> float:
    return min((cost for sounds, cost in CONFUSED.items() if one in sounds and other in sounds), default=1.0)

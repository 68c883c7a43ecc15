"""Invented pairs of records for R6: the same person written down twice, and two people who look alike.

`python -m tests.enterprises.pairs` writes `data/twins.json`, which is what the matcher is judged by; the file is kept
beside its recipe so that nobody can change one without the other being seen. A second seed, and a third with names that
the file does not hold, judge it again.

It was written before any matcher, from how people are written down in Pakistan: two scripts and no rule for either,
titles and castes that come and go, a father's name that becomes a husband's, a phone that a family shares and that
changes, a card that is left at home or copied with a slip. Nobody's nickname is in it.

An honest pair can be told: at least two of phone, father's name, year of birth and card agree in every true pair
beside the name (`tells`), and every near miss differs in something that a colleague would see.
"""

import csv
import json
import random
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

DATA = Path(__file__).with_name("data")
FIXTURE = DATA / "twins.json"
SEED, SECOND_SEED, THIRD_SEED = 1947, 1973, 2010
# Every fourth name is kept from the fixture.
KEPT_BACK = 4

TWINS = {
    "spaces": 14, "transliteration": 32, "slip": 8, "script": 30, "phone_format": 12, "swapped": 14, "relation": 12,
    "parent_missing": 12, "cnic_digit": 14, "cnic_swapped": 12, "cnic_missing": 12, "year_off": 14, "title": 14,
}  # fmt: skip
NEAR_MISSES = {
    "namesake": 120, "namesake_year": 60, "namesake_card": 30, "namesake_unknown_father": 40, "brothers": 60,
    "sisters": 40, "husband_wife": 50, "father_son": 40, "mother_daughter": 20, "cousins": 30, "one_phone": 10,
}  # fmt: skip
DISTRICTS = ("multan", "lahore", "faisalabad", "rawalpindi", "peshawar", "sukkur", "quetta", "bahawalpur")
PHONES = ("0{0}-{1}", "0{0}{1}", "+92{0}{1}", "+92 {0} {1}", "0092{0}{1}", "92{0}{1}", "0{0} {1}", "(0{0}) {1}")
URDU_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
COMMON = (("محمد", "اکرم"), ("محمد", "اسلم"), ("محمد", "رمضان"), ("محمد", "اشرف"), ("محمد", "علی"))


@dataclass(frozen=True)
class Word:
    """A name in Urdu, and how people spell it in English letters; the first way is the most usual."""

    urdu: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Life:
    """Somebody, and what would be on their card; not yet how a clerk writes it."""

    sex: str
    name: tuple[Word, ...]
    parent: tuple[Word, ...]
    relation: str
    year: int
    district: str
    phone: str
    cnic: str


@dataclass(frozen=True)
class Written:
    """A record as it was typed."""

    name: str
    sex: str
    parent_name: str = ""
    parent_relation: str = ""
    birth_year: int | None = None
    phone: str = ""
    cnic: str = ""
    district: str = ""


@dataclass(frozen=True)
class Pair:
    kind: str
    is_twin: bool
    first: Written
    second: Written


@dataclass
class Habit:
    """How one clerk writes one record."""

    script: str = "latin"
    respells: float = 0.25
    shows: set[str] = field(default_factory=lambda: {"parent", "phone", "year", "cnic"})


def words(*, only_kept_back: bool) -> dict[str, list[Word]]:
    found: dict[str, list[Word]] = {}
    with (DATA / "words.tsv").open(encoding="utf-8", newline="") as file:
        for place, row in enumerate(csv.DictReader(file, delimiter="\t")):
            spellings = row["spellings"].split("|" if "|" in row["spellings"] else " ")
            is_first_name = row["kind"] in {"man", "woman"} and row["urdu"] != "محمد"
            if is_first_name and (place % KEPT_BACK == 0) != only_kept_back:
                continue
            found.setdefault(row["kind"], []).append(Word(row["urdu"], tuple(spellings)))
    return found


class Registry:
    """Draws people and how they were written down; the same seed draws the same ones."""

    def __init__(self, seed: int, *, only_kept_back: bool = False):
        self.rng = random.Random(seed)
        self.words = words(only_kept_back=only_kept_back)
        self.by_urdu = {word.urdu: word for kind in words(only_kept_back=False).values() for word in kind}
        self.muhammad = self.by_urdu["محمد"]

    # Who there is

    def name(self, sex: str) -> tuple[Word, ...]:
        pick, chance = self.rng.choice, self.rng.random()
        if sex == "woman":
            first = pick(self.words["woman"])
            return (first,) if chance < 0.15 else (first, pick(self.words["after-woman"]))
        first = pick([word for word in self.words["man"] if word != self.muhammad])
        if chance < 0.4:
            return (self.muhammad, first)
        return (first,) if chance < 0.55 else (first, pick(self.words["after-man"]))

    def phone(self) -> str:
        return f"3{self.rng.randint(0, 4)}{self.rng.randint(0, 9)}{self.rng.randint(0, 9_999_999):07d}"

    def cnic(self, sex: str) -> str:
        last = self.rng.choice("13579" if sex == "man" else "24680")
        return f"{self.rng.choice(('36302', '35201', '33100', '37405'))}{self.rng.randint(0, 9_999_999):07d}{last}"

    def life(self, sex: str | None = None, **known) -> Life:
        sex = sex or self.rng.choice(("man", "woman"))
        relation = "husband" if sex == "woman" and self.rng.random() < 0.5 else "father"
        drawn = {
            "sex": sex,
            "name": self.name(sex),
            "parent": self.name("man"),
            "relation": relation,
            "year": self.rng.randint(1955, 2006),
            "district": self.rng.choice(DISTRICTS),
            "phone": self.phone(),
            "cnic": self.cnic(sex),
        }
        return Life(**drawn | known)

    # How it is written

    def habit(self, **known) -> Habit:
        """What a form asks: not every clerk asks for everything, and not everybody has their card with them."""
        shows = {"phone"} if self.rng.random() < 0.97 else set()
        shows |= {
            name for name, chance in (("parent", 0.9), ("year", 0.6), ("cnic", 0.6)) if self.rng.random() < chance
        }
        return Habit(**{"script": self.script(), "shows": shows} | known)

    def script(self) -> str:
        return self.rng.choice(("latin", "latin", "urdu"))

    def spell(self, name: tuple[Word, ...], habit: Habit) -> str:
        if habit.script == "urdu":
            return " ".join(word.urdu for word in name)
        return " ".join(
            self.rng.choice(word.spellings) if self.rng.random() < habit.respells else word.spellings[0]
            for word in name
        )

    def write(self, life: Life, habit: Habit) -> Written:
        phone = self.rng.choice(PHONES[:3]).format(life.phone[:3], life.phone[3:]) if "phone" in habit.shows else ""
        return Written(
            name=self.spell(life.name, habit),
            sex=life.sex,
            parent_name=self.spell(life.parent, habit) if "parent" in habit.shows else "",
            parent_relation=life.relation if "parent" in habit.shows else "",
            birth_year=life.year if "year" in habit.shows else None,
            phone=phone,
            cnic=life.cnic if "cnic" in habit.shows else "",
            district=life.district,
        )

    # The same person twice

    def twin(self, kind: str) -> Pair:
        """Draw until it can be told at all: two of phone, parent, year and card agree beside the name."""
        while True:
            life = self.life()
            first, second = self.habit(), self.habit()
            if self.rng.random() < 0.85:
                second.script = first.script
            # A card is in the register once: the second record has none, unless it was copied with a slip.
            (first if self.rng.random() < 0.5 else second).shows.discard("cnic")
            later = replace(
                life,
                phone=life.phone if self.rng.random() < 0.7 else self.phone(),
                district=life.district if self.rng.random() < 0.85 else self.rng.choice(DISTRICTS),
            )
            made = getattr(self, f"twin_{kind}")(life, later, first, second)
            if made and self.tells(life, kind, *made):
                return Pair(kind, True, *self.either_way(*made))

    def tells(self, life: Life, kind: str, first: Written, second: Written) -> bool:
        same_phone = bool(first.phone and second.phone) and first.phone[-4:] == second.phone[-4:]
        same_parent = bool(first.parent_name and second.parent_name)
        same_year = bool(first.birth_year and second.birth_year)
        slipped_card = bool(first.cnic and second.cnic)
        return same_phone + same_parent + same_year + slipped_card >= 2

    def either_way(self, first: Written, second: Written) -> tuple[Written, Written]:
        return (first, second) if self.rng.random() < 0.5 else (second, first)

    def plain(self, life, later, first, second):
        return self.write(life, first), self.write(later, second)

    def twin_spaces(self, life, later, first, second):
        second.script, second.respells = first.script, 0
        first.respells = 0
        one, other = self.plain(life, later, first, second)
        gap = self.rng.choice(("  ", "   ", "\u00a0", " \u200b"))
        ends = self.rng.choice((" ", "  ", "\u00a0", "\t"))
        return one, replace(other, name=other.name.replace(" ", gap) + ends, parent_name=other.parent_name + ends)

    def twin_transliteration(self, life, later, first, second):
        first.script = second.script = "latin"
        first.respells, second.respells = 0, 1
        one, other = self.plain(life, later, first, second)
        return (one, other) if one.name != other.name else None

    def twin_slip(self, life, later, first, second):
        """One letter left out, doubled or hit beside."""
        second.script = first.script
        one, other = self.plain(life, later, first, second)
        place = self.rng.randrange(1, len(other.name))
        letter = other.name[place]
        if not letter.isalpha() or len(other.name) < 6:
            return None
        beside = self.rng.choice("aeioursntlm") if first.script == "latin" else self.rng.choice("ابتدرسلمن")
        wrong = self.rng.choice(("", letter * 2, beside))
        return one, replace(other, name=other.name[:place] + wrong + other.name[place + 1 :])

    def twin_script(self, life, later, first, second):
        first.script, second.script = "latin", "urdu"
        one, other = self.plain(life, later, first, second)
        return one, replace(other, phone=other.phone.translate(URDU_DIGITS))

    def twin_phone_format(self, life, later, first, second):
        first.shows.add("phone")
        second.shows.add("phone")
        one, other = self.plain(life, replace(later, phone=life.phone), first, second)
        formats = self.rng.sample(PHONES, 2)
        one, other = (
            replace(side, phone=shape.format(life.phone[:3], life.phone[3:]))
            for side, shape in zip((one, other), formats, strict=True)
        )
        return one, replace(other, phone=other.phone.translate(URDU_DIGITS)) if self.rng.random() < 0.3 else other

    def twin_swapped(self, life, later, first, second):
        if len(life.name) < 2:
            return None
        return self.plain(life, replace(later, name=life.name[::-1]), first, second)

    def twin_relation(self, life, later, first, second):
        """The father's name on the line for the husband, or the husband's later where the father's was before."""
        if life.sex != "woman":
            return None
        other = "father" if life.relation == "husband" else "husband"
        married = self.rng.random() < 0.5
        later = replace(later, relation=other, parent=self.name("man") if married else life.parent)
        one, two = self.plain(life, later, first, second)
        if married and not (one.phone[-4:] == two.phone[-4:] and one.phone and one.birth_year and two.birth_year):
            return None
        return one, two

    def twin_parent_missing(self, life, later, first, second):
        first.shows.add("parent")
        second.shows.discard("parent")
        return self.plain(life, later, first, second)

    def twin_cnic_digit(self, life, later, first, second):
        first.shows.add("cnic")
        second.shows.add("cnic")
        place = self.rng.randrange(1, 13)
        wrong = self.rng.choice([digit for digit in "0123456789" if digit != life.cnic[place]])
        return self.plain(life, replace(later, cnic=life.cnic[:place] + wrong + life.cnic[place + 1 :]), first, second)

    def twin_cnic_swapped(self, life, later, first, second):
        first.shows.add("cnic")
        second.shows.add("cnic")
        place = self.rng.randrange(1, 12)
        one, two = life.cnic[place : place + 2]
        if one == two:
            return None
        return self.plain(
            life, replace(later, cnic=life.cnic[:place] + two + one + life.cnic[place + 2 :]), first, second
        )

    def twin_cnic_missing(self, life, later, first, second):
        first.shows.add("cnic")
        second.shows.discard("cnic")
        return self.plain(life, replace(later, phone=self.phone()), first, second)

    def twin_year_off(self, life, later, first, second):
        first.shows.add("year")
        second.shows.add("year")
        return self.plain(life, replace(later, year=life.year + self.rng.choice((-1, 1))), first, second)

    def twin_title(self, life, later, first, second):
        """A title before or a caste after the name, in one of the two."""
        before, after = self.words[f"title-{life.sex}"], self.words[f"last-{life.sex}"]
        fuller = (
            (self.rng.choice(before), *life.name)
            if self.rng.random() < 0.6
            else (*life.name, self.rng.choice([word for word in after if word.urdu != life.name[-1].urdu]))
        )
        return self.plain(life, replace(later, name=fuller), first, second)

    # Two people

    def near_miss(self, kind: str) -> Pair:
        while True:
            first, second = self.habit(), self.habit()
            made = getattr(self, f"near_{kind}")(first, second)
            if made:
                return Pair(kind, False, *self.either_way(*made))

    def near_namesake(self, first, second):
        """Hundreds of Muhammad Akrams: another father, another phone, and what else was asked is another as well."""
        name = tuple(self.by_urdu[word] for word in self.rng.choice(COMMON[:1] * 5 + COMMON))
        one = self.life("man", name=name)
        other = self.life("man", name=name)
        if self.rng.random() < 0.6:
            other = replace(other, district=one.district)
        if one.parent[-1] == other.parent[-1] or set(one.parent) & set(other.parent) - {self.muhammad}:
            return None
        first.shows.add("parent")
        second.shows.add("parent")
        return self.plain(one, other, first, second)

    def near_namesake_year(self, first, second):
        one = self.life()
        years = self.rng.choice((-1, 1)) * self.rng.randint(3, 30)
        other = replace(one, year=one.year + years, phone=self.phone(), cnic=self.cnic(one.sex))
        if self.rng.random() < 0.5:
            other = replace(other, district=self.rng.choice(DISTRICTS))
        for habit in (first, second):
            habit.shows |= {"parent", "year", "phone"}
        return self.plain(one, other, first, second)

    def near_namesake_card(self, first, second):
        one = self.life()
        other = replace(one, year=self.rng.randint(1955, 2006), phone=self.phone(), cnic=self.cnic(one.sex))
        if abs(one.year - other.year) < 3:
            return None
        for habit in (first, second):
            habit.shows |= {"parent", "cnic", "phone"}
        return self.plain(one, other, first, second)

    def near_namesake_unknown_father(self, first, second):
        one = self.life()
        other = self.life(one.sex, name=one.name)
        if one.district == other.district and abs(one.year - other.year) < 3:
            return None
        first.shows |= {"parent", "phone"}
        second.shows.discard("parent")
        second.shows |= {"phone", "year"}
        if one.district == other.district:
            first.shows.add("year")
        return self.plain(one, other, first, second)

    def siblings(self, sex, first, second):
        one = self.life(sex, relation="father")
        years = self.rng.choice((-1, 1)) * self.rng.randint(1, 12)
        other = replace(one, name=self.name(sex), year=one.year + years, cnic=self.cnic(sex))
        if self.rng.random() < 0.3:
            # Cards made on one day, a number apart.
            other = replace(other, cnic=f"{one.cnic[:11]}{self.rng.randint(0, 9)}{one.cnic[12]}")
        if one.cnic == other.cnic or self.share_a_name(one, other):
            return None
        for habit in (first, second):
            habit.shows |= {"parent", "phone"}
        return self.plain(one, other, first, second)

    def share_a_name(self, one, other) -> bool:
        """Parents give a name once; only what stands after it may be the family's."""
        one, other = ([word.urdu for word in life.name if word != self.muhammad] for life in (one, other))
        return one[0] in other or other[0] in one

    def near_brothers(self, first, second):
        return self.siblings("man", first, second)

    def near_sisters(self, first, second):
        return self.siblings("woman", first, second)

    def near_husband_wife(self, first, second):
        man = self.life("man")
        given = self.name("woman")
        name = (given[0], man.name[-1]) if self.rng.random() < 0.4 else given
        wife = self.life(
            "woman", name=name, parent=man.name, relation="husband", phone=man.phone, district=man.district,
            year=man.year + self.rng.randint(-2, 8),
        )  # fmt: skip
        return self.plain(man, wife, first, second)

    def near_father_son(self, first, second):
        man = self.life("man", year=self.rng.randint(1955, 1980))
        given = self.name("man")
        name = (given[-1], man.name[-1]) if self.rng.random() < 0.3 else given
        son = self.life(
            "man", name=name, parent=man.name, phone=man.phone, district=man.district,
            year=man.year + self.rng.randint(18, 35),
        )  # fmt: skip
        if set(son.name) - {self.muhammad} <= set(man.name):
            return None
        return self.plain(man, son, first, second)

    def near_mother_daughter(self, first, second):
        """The mother's husband is the daughter's father: one name on both cards."""
        mother = self.life("woman", relation="husband", year=self.rng.randint(1955, 1985))
        daughter = replace(
            mother, name=self.name("woman"), relation="father", cnic=self.cnic("woman"),
            year=mother.year + self.rng.randint(17, 35),
        )  # fmt: skip
        return None if self.share_a_name(mother, daughter) else self.plain(mother, daughter, first, second)

    def near_cousins(self, first, second):
        """Named alike after one grandfather; their fathers are brothers."""
        one = self.life("man", relation="father")
        other = self.life("man", name=one.name, relation="father", district=one.district)
        if self.rng.random() < 0.3:
            other = replace(other, phone=one.phone)
        if set(one.parent) & set(other.parent) - {self.muhammad}:
            return None
        first.shows.add("parent")
        second.shows.add("parent")
        return self.plain(one, other, first, second)

    def near_one_phone(self, first, second):
        """The landlord's telephone, or the shop's."""
        one, other = self.life(), self.life()
        if set(one.name) & set(other.name):
            return None
        return self.plain(one, replace(other, phone=one.phone, district=one.district), first, second)


def pairs(seed: int, *, only_kept_back: bool = False) -> list[Pair]:
    registry = Registry(seed, only_kept_back=only_kept_back)
    twins = [registry.twin(kind) for kind, count in TWINS.items() for _one in range(count)]
    return twins + [registry.near_miss(kind) for kind, count in NEAR_MISSES.items() for _one in range(count)]


def read() -> list[Pair]:
    """The fixture as it was committed."""
    return [
        Pair(row["class"], row["is_twin"], Written(**row["first"]), Written(**row["second"]))
        for row in json.loads(FIXTURE.read_text(encoding="utf-8"))
    ]


def lines(found: list[Pair]) -> str:
    rows = [
        {"class": pair.kind, "is_twin": pair.is_twin, "first": asdict(pair.first), "second": asdict(pair.second)}
        for pair in found
    ]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


if __name__ == "__main__":
    FIXTURE.write_text(lines(pairs(SEED)), encoding="utf-8")

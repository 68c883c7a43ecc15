"""R6: how many people who are registered twice are found, and what looking costs when there are ten times as many.

Judged on three sets of pairs: the one that was written down before the matcher, a second seed of its recipe, and a
third with names that the first does not hold. "Rhyming" is harder than life: brothers and sisters with one father,
telephone and house, no year of birth, and names chosen to sound alike.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from django.db import connection
from django.utils import timezone

from benchmarks.tables import mark, table
from launch.say import say

FOUND, FALSE, GROWTH = 0.95, 0.05, 2.0
FEW, MANY, QUICK = 20_000, 200_000, 2_000
ASKED = 100
BATCH = 5_000
SCRATCH = "bench_people"
RHYMES = (
    "Nazia Shazia", "Zahid Sajid", "Zahid Abid", "Nasreen Yasmeen", "Nazir Bashir", "Nasir Nazir", "Saima Samina",
    "Saima Samia", "Nazia Nadia", "Rashid Arshad", "Majid Sajid", "Rizwan Irfan", "Abida Zahida", "Sadia Nadia",
    "Kashif Asif", "Naeem Nadeem", "Saleem Kaleem", "Waseem Naseem", "Akram Akmal", "Akram Aslam", "Imran Kamran",
    "Afzal Fazal", "Khalid Khalil", "Jamil Jamal", "Sharif Ashraf", "Kabir Akbar", "Hassan Hussain", "Rafiq Tariq",
    "Shakila Jamila", "Rubina Zarina",
)  # fmt: skip


def measure(*, is_quick=False):
    return {"quality": quality(), "growth": growth(QUICK if is_quick else FEW, MANY // 20 if is_quick else MANY)}


# What is found


def quality():
    from tests.enterprises import pairs
    from tests.enterprises.judge import judge

    sets = {
        "fixture": pairs.read(),
        "second seed": pairs.pairs(pairs.SECOND_SEED),
        "other names": pairs.pairs(pairs.THIRD_SEED, only_kept_back=True),
    }
    verdicts = {name: judge(found) for name, found in sets.items()}
    say("\nPeople registered twice: found of each class, and near misses shown wrongly")
    kinds = [*pairs.TWINS, *pairs.NEAR_MISSES]
    rows = [
        [kind, *(f"{verdict.flagged[kind]} of {verdict.asked[kind]}" for verdict in verdicts.values())]
        for kind in kinds
    ]
    rows += [
        ["found", *(f"{verdict.found:.1%}{mark(FOUND, verdict.found)}" for verdict in verdicts.values())],
        ["false", *(f"{verdict.false:.1%}{mark(verdict.false, FALSE)}" for verdict in verdicts.values())],
        ["precision", *(f"{verdict.precision:.1%}" for verdict in verdicts.values())],
    ]
    say(table(["class", *verdicts], rows))
    alone, with_second = (rhyming(second) for second in ("", " Akhtar"))
    say(f"rhyming brothers and sisters shown: {alone} of {len(RHYMES)}, with one second name {with_second}")
    return {
        name: {"found": verdict.found, "false": verdict.false, "precision": verdict.precision}
        | {kind: [verdict.flagged[kind], verdict.asked[kind]] for kind in kinds}
        for name, verdict in verdicts.items()
    } | {"rhyming": [alone, with_second, len(RHYMES)]}


def rhyming(second):
    from enterprises.likeness import Facts, score

    home = Facts("", parent_name="Noor Din", parent_relation="father", phone="+923001234567", districts=frozenset({1}))
    couples = (couple.split() for couple in RHYMES)
    return sum(score(*(replace(home, name=name + second) for name in couple)).is_enough for couple in couples)


# What it costs


def growth(few, many):
    """The same questions to `few` people and to `many`, in a database of their own."""
    with scratch():
        crowd = Crowd()
        measured = []
        for size in (few, many):
            crowd.grow_to(size)
            measured.append(crowd.ask())
    rows = [
        [f"{row['people']:,}", *(f"{row[name]:.1f}" for name in ("typing_ms", "night_ms", "compared"))]
        for row in measured
    ]
    say("\nLooking for one person among so many: milliseconds, and records compared (medians)")
    say(table(["people", "advisor types", "by night", "compared"], rows))
    ratio = {name: measured[1][name] / measured[0][name] for name in ("typing_ms", "night_ms")}
    said = ", ".join(f"{name} {value:.2f} {mark(value, GROWTH)}".strip() for name, value in ratio.items())
    say(f"ratio for {many // few} times as many: {said}")
    return {"sizes": measured, "ratio": ratio}


@contextmanager
def scratch() -> Iterator[None]:
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = SCRATCH
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0)


class Crowd:
    """Invented people all over the country, each with an enterprise."""

    def __init__(self):
        from accounts.models import User
        from enterprises.models import Sector
        from places.models import District
        from tests.enterprises.pairs import SEED, Registry
        from tests.factories.accounts import colleague

        self.registry = Registry(SEED)
        self.rng = random.Random(SEED)
        self.districts = list(District.objects.all())
        self.sector = Sector.objects.filter(parent__isnull=False).first()
        self.system = User.objects.system()
        self.advisor = colleague("advisor", districts=[self.districts[0]])
        self.size = 0

    def grow_to(self, size):
        for first in range(self.size, size, BATCH):
            self.add(range(first, min(first + BATCH, size)))
        self.size = size
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def add(self, numbers):
        from enterprises.likeness import keys_of
        from enterprises.models import Enterprise, Ownership, Person

        people = [self.person(number) for number in numbers]
        for person in people:
            person.likeness_keys = keys_of(person.facts)
        Person.objects.bulk_create(people)
        enterprises = Enterprise.objects.bulk_create(
            Enterprise(
                reference=f"BEN-{number}",
                stage="running",
                sector=self.sector,
                district=self.rng.choice(self.districts),
                registered_by=self.system,
            )
            for number in numbers
        )
        Ownership.objects.bulk_create(
            Ownership(person=person, enterprise=enterprise, from_on=timezone.localdate())
            for person, enterprise in zip(people, enterprises, strict=True)
        )

    def person(self, number):
        from enterprises.models import Person
        from kit import phones

        written = self.registry.write(self.registry.life(), self.registry.habit())
        return Person(
            name=written.name,
            sex=written.sex,
            parent_name=written.parent_name,
            parent_relation=written.parent_relation,
            birth_year=written.birth_year,
            phone=phones.parse(written.phone) if written.phone else "",
            cnic=f"3{number:012d}" if written.cnic else None,
            cnic_standing="claimed" if written.cnic else "none",
            created_by=self.system,
        )

    def ask(self):
        from enterprises.actions import look_alikes, people
        from enterprises.models import Person

        now = timezone.now()
        asked = list(Person.objects.with_districts().order_by("pk")[: FEW // 2 : FEW // 2 // ASKED])
        typing = [
            seconds(lambda person=person: people.look_alike(facts=person.facts, by=self.advisor)) for person in asked
        ]
        night = [seconds(lambda person=person: look_alikes.compare_one(person, now=now)) for person in asked]
        compared = [Person.objects.resembling(person.facts).count() for person in asked]
        return {
            "people": self.size,
            "typing_ms": 1000 * median(typing),
            "night_ms": 1000 * median(night),
            "compared": median(compared),
        }


def seconds(act):
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun

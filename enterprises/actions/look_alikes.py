"""Pairs of records that could be one person: found within minutes, settled by a colleague."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from enterprises.actions.people import COMPARED
from enterprises.likeness import Likeness, keys_of, score, sounds_of
from enterprises.models import LookAlike, Person
from journal.events import ADVISORS, MANAGERS
from journal.moves import move

# What one run takes, which is a minute's work at most; what is left over waits for the next minute's.
A_RUN = 1000
BATCH = 500


def due_period(now: dt.datetime) -> str | None:
    """Every minute, while somebody registered or changed who was not compared with the others yet."""
    return f"{now:%Y-%m-%dT%H.%M}" if Person.objects.uncompared().exists() else None


def compare(*, now: dt.datetime, most: int = A_RUN) -> dict[str, int]:
    """Compare with all others whoever registered or changed since the last time, and note the pairs that look alike.

    Started again after it was killed it goes on where it stopped: what was compared carries its version.
    """
    done = found = 0
    while done < most:
        batch = list(Person.objects.uncompared().with_districts().order_by("pk")[: min(BATCH, most - done)])
        if not batch:
            break
        found += sum(compare_one(person, now=now) for person in batch)
        done += len(batch)
    return {"compared": done, "found": found}


@transaction.atomic
def compare_one(person: Person, *, now: dt.datetime) -> int:
    """Note whom this person looks like; return how many pairs are new.

    What nobody ever settled and no longer looks alike, since a number or a name was put right, goes away. What a
    colleague settled stays as they said, and what one doubts stays until it is settled.
    """
    keys = keys_of(person.facts)
    others = Person.objects.resembling(person.facts).exclude(pk=person.pk).with_districts()[:COMPARED]
    alike = {other.pk: likeness for other in others if (likeness := score(person.facts, other.facts)).is_enough}
    suspected = LookAlike.objects.suspected().unasked().of(person)
    suspected.exclude(Q(first__in=alike) | Q(second__in=alike)).delete()
    known = set(LookAlike.objects.of(person).values_list("first_id", "second_id"))
    rows = [pair(person, other, likeness, now=now) for other, likeness in sorted(alike.items())]
    LookAlike.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["points", "reasons"],
    )
    # An edit meanwhile has raised the version: then this person is compared again.
    Person.objects.filter(pk=person.pk, version=person.version).update(
        likeness_keys=keys, sound_keys=sounds_of(person.name, person.parent_name), compared_version=F("version")
    )
    return len({(row.first_id, row.second_id) for row in rows} - known)


def pair(person: Person, other: int, likeness: Likeness, *, now: dt.datetime) -> LookAlike:
    first, second = sorted((person.pk, other))
    return LookAlike(
        first_id=first, second_id=second, points=likeness.points, reasons=list(likeness.reasons), found_at=now
    )


def tell_apart(*, look_alike: LookAlike, by: User, version: int) -> Any:
    """Say that these are two people: the pair is not shown again, unless somebody doubts it."""
    return move(
        look_alike,
        "tell_apart",
        by=by,
        version=version,
        audience={ADVISORS, MANAGERS},
        decided_by=by,
        decided_at=timezone.now(),
    )


def doubt(*, look_alike: LookAlike, by: User, version: int) -> Any:
    """Whether these are two people is asked again: the pair is back on the list. Who said what stays in its history."""
    return move(
        look_alike,
        "doubt",
        by=by,
        version=version,
        audience={ADVISORS, MANAGERS},
        decided_by=None,
        decided_at=None,
    )

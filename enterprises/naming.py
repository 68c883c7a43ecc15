"""Who may be named or shown in what is handed out beyond those who work with them: reports, exports, pages of events.

The one gate for both. Whoever did not agree, or took it back, is called by the reference of their business: a reference
tells nobody who they are, and whoever works with them finds them by it.
"""

from collections.abc import Collection
from functools import reduce
from typing import Any

from enterprises.models import Consent, Person


def who_let(people: Collection[int], kind: str) -> set[int]:
    """Of these people those who let SMEDA name them (`Consent.Kind.NAMED`) or show photographs of them (`PHOTOS`)."""
    given = Consent.objects.standing().filter(kind=kind, person__in=set(people))
    return set(given.values_list("person", flat=True))


def call(rows: Collection[Any], *, person: str = "person", reference: str = "enterprise__reference") -> None:
    """Put on each row how its person is `called` there: by name where they agreed, by reference otherwise.

    `person` and `reference` are paths from a row; of all rows together one question is asked.
    """
    people: list[Person] = [follow(row, person) for row in rows]
    agreed = who_let([one.pk for one in people], Consent.Kind.NAMED)
    for row, one in zip(rows, people, strict=True):
        row.called = one.name if one.pk in agreed else follow(row, reference)


def follow(row: Any, path: str) -> Any:
    return reduce(getattr, path.split("__"), row)

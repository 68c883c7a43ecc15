"""How much hangs on one person: own loans, loans that they vouch for, and how many of those are late. Numbers alone."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Count, F, Q, When
from django.utils.translation import ngettext

from loans.models import Guarantor, Loan
from places.calendar import LateCutoff

# Of so many late loans behind which one guarantor stands the officer is warned.
MANY_LATE = 2


class Exposure(NamedTuple):
    own: int = 0
    own_late: int = 0
    vouched: int = 0
    vouched_late: int = 0


def of_people(people: Collection[int], *, on: date, but: int) -> dict[int, Exposure]:
    """Of each person the own loans still owed, and those they vouch for, wherever that is; two queries for any number.

    One that was written off counts as late: it has no due day any more, and was never paid.

    `but` names an application whose own loan is left out: what it asks for is no other loan.
    """
    cutoff = LateCutoff(on)
    own = Loan.objects.owed().filter(person__in=people).exclude(application=but).order_by()
    late = Count(Case(When(is_late("", cutoff), then=F("pk"))))
    own_rows = {
        row["person"]: (row["runs"], row["late"]) for row in own.values("person").annotate(runs=Count("pk"), late=late)
    }
    vouched = Guarantor.objects.standing().filter(person__in=people).exclude(application=but).order_by()
    vouched_late = Count(Case(When(is_late("application__loan__", cutoff), then=F("pk"))))
    vouched_rows = {
        row["person"]: (row["runs"], row["late"])
        for row in vouched.values("person").annotate(runs=Count("pk"), late=vouched_late)
    }
    return {one: Exposure(*own_rows.get(one, (0, 0)), *vouched_rows.get(one, (0, 0))) for one in people}


def is_late(path: str, cutoff: LateCutoff) -> Q:
    return Q(**{f"{path}next_due_on__lte": cutoff}) | Q(**{f"{path}written_off_total__gt": 0})


def vouching_in_words(exposure: Exposure) -> str:
    """How many other loans a guarantor stands behind; empty where none."""
    if not exposure.vouched:
        return ""
    said = ngettext(
        "vouches for %(count)s other loan, %(late)s of them late",
        "vouches for %(count)s other loans, %(late)s of them late",
        exposure.vouched,
    )
    return said % {"count": exposure.vouched, "late": exposure.vouched_late}

"""Business checks that are due: the first one a fortnight after the first contact, then every half year."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from casework.models import Case, HealthCheck, Pause
from casework.open_items.parts import OF_CASE, late_below
from journal.open_items import Owner, Scope, as_items

HEALTH_CHECK = "casework.health_check"
FIRST, AGAIN = dt.timedelta(days=14), dt.timedelta(days=182)
# So long before its day it stands on the lists.
AHEAD_BY = dt.timedelta(days=7)


def items(scope: Scope) -> Iterator[QuerySet]:
    yield checks(scope.narrow(to_ask(scope), **OF_CASE))


def late(scope: Scope) -> Iterator[QuerySet]:
    rows = to_ask(scope).annotate(check_on=TruncDate("check_at"))
    yield checks(
        late_below(rows, scope.user_id, today=scope.today, due_on="check_on", office="office", holder="advisor_id")
    )


def to_ask(scope: Scope) -> QuerySet:
    """Nobody is asked while the calls are paused, or without the permission to be contacted."""
    paused = Pause.objects.in_force(on=scope.today).filter(case=OuterRef("pk"))
    return dated().filter(shown_at__lte=scope.now).exclude(Exists(paused))


def checks(rows: QuerySet) -> QuerySet:
    return as_items(
        rows,
        kind=HEALTH_CHECK,
        since="check_since",
        due_on=TruncDate("check_at"),
        owner=Owner.ADVISOR,
        **OF_CASE,
    )


def dated() -> QuerySet:
    """Cases that go on, with the moment of their next check and since when it is waited for."""
    done = HealthCheck.objects.done().filter(case=OuterRef("pk")).newest_first().values("done_at")[:1]
    return (
        Case.objects.called()
        .annotate(last_check_at=Subquery(done))
        .annotate(
            check_since=Coalesce("last_check_at", "first_contact_at"),
            check_at=Coalesce(moment("last_check_at", AGAIN), moment("first_contact_at", FIRST)),
            shown_at=Coalesce(moment("last_check_at", AGAIN - AHEAD_BY), moment("first_contact_at", FIRST - AHEAD_BY)),
        )
    )


def moment(field: str, later: dt.timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(F(field) + later, output_field=DateTimeField())

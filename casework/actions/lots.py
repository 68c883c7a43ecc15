"""What is looked at a second time by lot: never by whoever did it, and no client waits for it.

Nobody can foresee which: everything has one chance in so many, once. Of whose doings of a month none was drawn, one of
that month is drawn at its end.
"""

import datetime as dt
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from casework.actions.plan_readers import office_of_manager
from casework.models import CallBack, Case, PlanReview
from casework.states import PlanReviewState
from journal.models import Audience
from journal.moves import move
from kit.faults import one_by_one
from places.calendar import OFFICE, add_working_days

# So long something may wait for its lot; what is older, from before lots were drawn, has none.
LOOKS_BACK = dt.timedelta(days=31)
WORKING_DAYS = 5
SPARED = PlanReviewState.SPARED


def falls(*, one_in: int) -> bool:
    """One in so many, from what nobody can foresee."""
    return secrets.randbelow(one_in) == 0


def due_by(now: dt.datetime) -> dt.date:
    return add_working_days(timezone.localdate(now), WORKING_DAYS, calendar=OFFICE)


def draw(lot: Any, *, now: dt.datetime, by: User, audience: Iterable[Audience]) -> Any:
    """It waits for the manager of the case's office, or above."""
    office = office_of_manager(lot, today=timezone.localdate(now))
    return move(lot, "draw", by=by, version=None, audience=audience, read_at=office, drawn_at=now, due_on=due_by(now))


def month_before(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the month that is over."""
    last = day.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=1), last


def anything(_lot: Any) -> bool:
    return True


def keep_promise(
    lots: Any,
    *,
    now: dt.datetime,
    draw: Callable[[Any], Any],
    failed: str,
    enough: int = 1,
    may: Callable[[Any], bool] = anything,
) -> int:
    """Of everybody who did so many last month, and of whom none was drawn, draw one that `may` be; how many."""
    of_month = lots.done_between(*month_before(timezone.localdate(now)))
    drawn = of_month.exclude(state=SPARED).values("author")
    left = of_month.exclude(author__in=drawn).order_by("author").values("author").annotate(number=Count("pk"))
    authors = left.filter(number__gte=enough).values_list("author", flat=True)
    return one_by_one(
        authors, lambda author: draw_one_of(of_month.filter(author=author), draw=draw, may=may), failed=failed
    )


@transaction.atomic
def draw_one_of(theirs: QuerySet[Any], *, draw: Callable[[Any], Any], may: Callable[[Any], bool] = anything) -> bool:
    """Any of the author's that `may` be drawn; none where one was drawn meanwhile."""
    rows = theirs.order_by("pk").select_related("case__office", "case__person", "author")
    held = list(rows.select_for_update(no_key=True, of=("self",)))
    if any(lot.state != SPARED for lot in held):
        return False
    left = [lot for lot in held if may(lot)]
    if left:
        draw(secrets.choice(left))
    return bool(left)


def place_again(case: Case) -> None:
    """The case went to another office, or somebody else has a hand in it: what waits is looked at there, or above."""
    today = timezone.localdate()
    for model in (PlanReview, CallBack):
        for lot in model.objects.drawn().filter(case=case).select_related("author"):
            lot.case = case
            model.objects.filter(pk=lot.pk).update(read_at=office_of_manager(lot, today=today))

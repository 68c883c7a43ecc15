"""Plans of steps that are read a second time: drawn by lot, never read by their author, and no client waits for it.

Nobody can foresee which: each plan has one chance in ten, once. Of whose plans of a month none was drawn, one of that
month is drawn at its end, so that every author is read at least once in a month in which they agreed a plan.
"""

import datetime as dt
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Office, User
from casework.actions.plan_readers import office_of_manager
from casework.models import Case, PlanReview, Step
from casework.states import PlanReviewState
from journal.events import ADVISORS, MANAGERS
from journal.moves import hold, move
from kit.faults import one_by_one
from kit.saving import save
from places.calendar import OFFICE, add_working_days

AUDIENCE = {ADVISORS, MANAGERS}
ONE_IN = 10
# So long a plan may wait for its lot; older ones, from before lots were drawn, have none.
LOOKS_BACK = dt.timedelta(days=31)
WORKING_DAYS = 5


def falls() -> bool:
    """One in ten, from what nobody can foresee."""
    return secrets.randbelow(ONE_IN) == 0


def due_by(now: dt.datetime) -> dt.date:
    return add_working_days(timezone.localdate(now), WORKING_DAYS, calendar=OFFICE)


def draw_lots(*, now: dt.datetime, by: User, lot: Callable[[], bool] | None = None) -> int:
    """Draw the lot of every plan that has none yet; how many are to be read. `lot`: whether one falls."""
    waiting = Step.objects.without_lot(since=now - LOOKS_BACK, until=now).exclude(set_by=by).order_by("pk")
    draw = partial(draw_lot, now=now, by=by, lot=lot or falls)
    return one_by_one(waiting.select_related("case"), draw, failed="a plan of steps has no lot")


@transaction.atomic
def draw_lot(step: Step, *, now: dt.datetime, by: User, lot: Callable[[], bool]) -> bool:
    """Draw for one plan, once: whoever comes second finds that it has its lot."""
    case = hold(step.case, version=None)
    if case.plan_reviews.exists():
        return False
    review = PlanReview(case=case, first_step=step, author_id=step.set_by_id, agreed_at=step.set_at)
    save(review)
    if not lot():
        return False
    draw(review, now=now, by=by)
    return True


def draw(review: PlanReview, *, now: dt.datetime, by: User) -> PlanReview:
    office = office_of_manager(review, today=timezone.localdate(now))
    return move(
        review, "draw", by=by, version=None, audience=AUDIENCE, read_at=office, drawn_at=now, due_on=due_by(now)
    )


def month_before(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the month that is over."""
    last = day.replace(day=1) - dt.timedelta(days=1)
    return last.replace(day=1), last


def keep_promise(*, now: dt.datetime, by: User) -> int:
    """Of everybody of whose plans of the last month none was drawn, draw one; how many."""
    first, last = month_before(timezone.localdate(now))
    of_month = PlanReview.objects.agreed_between(first, last)
    read = of_month.exclude(state=PlanReviewState.SPARED).values("author")
    authors = of_month.exclude(author__in=read).order_by("author").values_list("author", flat=True).distinct()
    draw_one = partial(draw_one_of, first=first, last=last, now=now, by=by)
    return one_by_one(authors, draw_one, failed="an author's plans of the month have no reader")


@transaction.atomic
def draw_one_of(author: int, *, first: dt.date, last: dt.date, now: dt.datetime, by: User) -> bool:
    """Any of the author's plans of these days; none where one was drawn meanwhile."""
    theirs = PlanReview.objects.agreed_between(first, last).filter(author=author).order_by("pk")
    held = list(theirs.select_for_update(no_key=True, of=("self",)).select_related("case__office", "author"))
    if any(review.state != PlanReviewState.SPARED for review in held):
        return False
    draw(secrets.choice(held), now=now, by=by)
    return True


@transaction.atomic
def read(*, review: PlanReview, by: User, version: int, is_sound: bool, remark: str) -> PlanReview:
    """Say that the plan is sound, or what to talk over: then its remark waits for whoever has the case."""
    if not is_sound and not remark:
        raise ValidationError({"remark": _("Write what to talk over.")})
    hold(review.case, version=None)
    now = timezone.now()
    facts: dict[str, Any] = {"read_by": by, "reviewed_at": now, "remark": remark}
    if is_sound:
        return move(review, "find_sound", by=by, version=version, audience=AUDIENCE, **facts)
    return move(review, "remark_on", by=by, version=version, audience=AUDIENCE, due_on=due_by(now), **facts)


@transaction.atomic
def talk_over(*, review: PlanReview, by: User, version: int) -> PlanReview:
    """The two talked about it."""
    hold(review.case, version=None)
    said: dict[str, Any] = {"talked_by": by, "talked_at": timezone.now()}
    return move(review, "talk_over", by=by, version=version, audience=AUDIENCE, **said)


def place_again(case: Case) -> None:
    """The case went to another office: what waits to be read is read by the manager there, or upward."""
    today = timezone.localdate()
    for review in case.plan_reviews.drawn().select_related("author"):
        review.case = case
        office: Office = office_of_manager(review, today=today)
        case.plan_reviews.filter(pk=review.pk).update(read_at=office)

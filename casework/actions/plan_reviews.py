"""Plans of steps that are read a second time: drawn by lot, never read by their author, and no client waits for it.

Each plan has one chance in ten, once; every author is read at least once in a month in which they agreed a plan.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import lots
from casework.models import PlanReview, Step
from journal.events import ADVISORS, MANAGERS
from journal.moves import hold, move
from kit.faults import one_by_one
from kit.saving import save

AUDIENCE = {ADVISORS, MANAGERS}
ONE_IN = 10


def falls() -> bool:
    return lots.falls(one_in=ONE_IN)


def draw_lots(*, now: dt.datetime, by: User, lot: Callable[[], bool] | None = None) -> int:
    """Draw the lot of every plan that has none yet; how many are to be read. `lot`: whether one falls."""
    waiting = Step.objects.without_lot(since=now - lots.LOOKS_BACK, until=now).exclude(set_by=by).order_by("pk")
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
    return lots.draw(review, now=now, by=by, audience=AUDIENCE)


def keep_promise(*, now: dt.datetime, by: User) -> int:
    """Of everybody of whose plans of the last month none was drawn, draw one; how many."""
    failed = "an author's plans of the month have no reader"
    return lots.keep_promise(PlanReview.objects.all(), now=now, draw=partial(draw, now=now, by=by), failed=failed)


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
    due_on = lots.due_by(now)
    return move(review, "remark_on", by=by, version=version, audience=AUDIENCE, due_on=due_on, **facts)


@transaction.atomic
def talk_over(*, review: PlanReview, by: User, version: int) -> PlanReview:
    """The two talked about it."""
    hold(review.case, version=None)
    said: dict[str, Any] = {"talked_by": by, "talked_at": timezone.now()}
    return move(review, "talk_over", by=by, version=version, audience=AUDIENCE, **said)

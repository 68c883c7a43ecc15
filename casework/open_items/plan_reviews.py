"""Plans of steps that were drawn to be read a second time, and remarks to talk over. No page of the client's asks."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet

from casework.models import PlanReview
from casework.open_items.parts import OF_LOT, OF_STEP, late_below, to_look_at
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    if not (scope.user_id or scope.office_ids):
        return
    colleagues = replace(scope, enterprise_ids=None)
    yield to_read(to_look_at(scope, PlanReview.objects.drawn(), own=PlanReview.objects.asked_of))
    remarked = PlanReview.objects.remarked()
    yield to_talk_over(colleagues.narrow(remarked, **OF_STEP))
    if scope.user_id and not scope.is_team:
        yield to_talk_over(late_below(remarked, scope.user_id, today=scope.today))


def to_read(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind="casework.plan_review", since="drawn_at", due_on="due_on", owner=Owner.ADVISOR, **OF_LOT)


def to_talk_over(rows: QuerySet) -> QuerySet:
    return as_items(
        rows, kind="casework.plan_remark", since="reviewed_at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP
    )

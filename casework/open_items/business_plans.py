"""Business plans that somebody reads."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import BusinessPlan
from casework.open_items.parts import OF_PLAN
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    plans = scope.narrow(BusinessPlan.objects.awaiting_approval(), **OF_PLAN)
    # To the author there is nothing to do: the portal never asks them to approve their own.
    yield business_plans(plans.exclude(author_id=scope.user_id) if scope.user_id else plans)


def business_plans(rows: QuerySet) -> QuerySet:
    return as_items(
        rows, kind="casework.business_plan", since="submitted_at", due_on="due_on", owner=Owner.ADVISOR, **OF_PLAN
    )

"""Business plans that somebody reads, completes, or takes to the lender."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import BusinessPlan
from casework.open_items.parts import OF_PLAN, OF_STEP
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    plans = scope.narrow(BusinessPlan.objects.awaiting_approval(), **OF_PLAN)
    # To the author there is nothing to do: the portal never asks them to approve their own.
    yield business_plans(plans.exclude(author_id=scope.user_id) if scope.user_id else plans)
    yield returned(scope.narrow(BusinessPlan.objects.sent_back(), **OF_STEP))
    yield to_refer(scope.narrow(BusinessPlan.objects.to_refer(), **OF_STEP))


def business_plans(rows: QuerySet) -> QuerySet:
    return as_items(
        rows, kind="casework.business_plan", since="submitted_at", due_on="due_on", owner=Owner.ADVISOR, **OF_PLAN
    )


def returned(rows: QuerySet) -> QuerySet:
    """Whoever has the case completes it, whoever wrote it: authors leave, cases are handed over."""
    return as_items(
        rows, kind="casework.business_plan_return", since="returned_at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP
    )


def to_refer(rows: QuerySet) -> QuerySet:
    """The lender lends to approved plans: the advisor takes the client there, or says that they do not want it now."""
    return as_items(
        rows, kind="casework.to_refer", since="approved_at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP
    )

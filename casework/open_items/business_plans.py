"""Business plans that somebody reads, completes, or takes to the lender."""

from collections.abc import Iterator

from django.db.models import Case as Choice
from django.db.models import QuerySet, Value, When

from casework.models import BusinessPlan
from casework.open_items.parts import OF_PLAN, OF_STEP, late_below
from enterprises.consent_querysets import lets_share
from journal.open_items import Owner, Scope, as_items

TO_REFER, TO_SHARE = "casework.to_refer", "casework.to_share"
# At the office above where it is read there.
OF_READER = OF_PLAN | {"office": "read_at_id"}


def items(scope: Scope) -> Iterator[QuerySet]:
    waiting = BusinessPlan.objects.awaiting_approval()
    for read_above, where in ((False, OF_PLAN), (True, OF_READER)):
        plans = scope.narrow(waiting.filter(read_at__isnull=not read_above), **where)
        yield business_plans(plans.written_by_others_than(scope.user_id) if scope.user_id else plans, where=where)
    yield returned(scope.narrow(BusinessPlan.objects.sent_back(), **OF_STEP))
    yield approved(scope.narrow(BusinessPlan.objects.to_refer(), **OF_STEP), scope)


def late(scope: Scope) -> Iterator[QuerySet]:
    yield approved(late_below(BusinessPlan.objects.to_refer(), scope.user_id, today=scope.today), scope)


def business_plans(rows: QuerySet, *, where: dict) -> QuerySet:
    return as_items(
        rows, kind="casework.business_plan", since="submitted_at", due_on="due_on", owner=Owner.ADVISOR, **where
    )


def returned(rows: QuerySet) -> QuerySet:
    """Whoever has the case completes it, whoever wrote it: authors leave, cases are handed over."""
    return as_items(
        rows, kind="casework.business_plan_return", since="returned_at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP
    )


def approved(rows: QuerySet, scope: Scope) -> QuerySet:
    """The lender lends to approved plans: the advisor takes the client there, or says that they do not want it now.

    Without the client's yes nothing goes to the lender: the advisor asks them first. As `referrals.unpermitted` says
    of one case.
    """
    shares = lets_share(enterprise="case__enterprise_id", on=scope.today)
    kind = Choice(When(shares, then=Value(TO_REFER)), default=Value(TO_SHARE))
    return as_items(rows, kind=kind, since="approved_at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP)

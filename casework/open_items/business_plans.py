"""Business plans that somebody reads, completes, or takes to the lender."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Coalesce

from casework.models import BusinessPlan
from casework.open_items.parts import OF_PLAN, OF_STEP
from enterprises.consent_querysets import lets_share
from journal.open_items import Owner, Scope, as_items

READ_AT = Coalesce("read_at_id", "case__office_id", output_field=BigIntegerField())
OF_READER = OF_PLAN | {"office": "read_office"}


def items(scope: Scope) -> Iterator[QuerySet]:
    # At the office above where it is read there.
    waiting = BusinessPlan.objects.awaiting_approval().annotate(read_office=READ_AT)
    plans = scope.narrow(waiting, **OF_READER)
    yield business_plans(plans.written_by_others_than(scope.user_id) if scope.user_id else plans)
    yield returned(scope.narrow(BusinessPlan.objects.sent_back(), **OF_STEP))
    approved = scope.narrow(BusinessPlan.objects.to_refer(), **OF_STEP)
    # As `referrals.unpermitted` says of one case.
    shares = lets_share(enterprise="case__enterprise_id", on=scope.today)
    yield to_refer(approved.filter(shares))
    yield to_share(approved.exclude(shares))


def business_plans(rows: QuerySet) -> QuerySet:
    return as_items(
        rows, kind="casework.business_plan", since="submitted_at", due_on="due_on", owner=Owner.ADVISOR, **OF_READER
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


def to_share(rows: QuerySet) -> QuerySet:
    """Without the client's yes nothing goes to the lender: the advisor asks them first."""
    return as_items(
        rows, kind="casework.to_share", since="approved_at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP
    )

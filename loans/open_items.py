"""What lending makes people wait for: a decision, the money, the next instalment."""

from collections.abc import Iterator

from django.db.models import QuerySet

from journal.open_items import Owner, Scope, as_items
from loans.models import Application, Loan

OF_APPLICATION = {"enterprise": "enterprise_id", "holder": "officer_id", "office": "branch_id"}
OF_LOAN = {"enterprise": "enterprise_id", "holder": None, "office": "branch_id"}


def open_items(scope: Scope) -> Iterator[QuerySet]:
    """One query a kind, each limited by its own index; `journal.open_items.united` puts them together."""
    yield as_items(
        scope.narrow(Application.objects.undecided(), **OF_APPLICATION),
        kind="loans.application",
        since="received_at",
        due_on="due_on",
        owner=Owner.LENDER,
        **OF_APPLICATION,
    )
    yield as_items(
        scope.narrow(Application.objects.awaiting_disbursement(), **OF_APPLICATION),
        kind="loans.disbursement",
        since="decided_at",
        due_on="due_on",
        owner=Owner.LENDER,
        **OF_APPLICATION,
    )
    yield as_items(
        scope.narrow(Loan.objects.filter(next_due_on__isnull=False), **OF_LOAN),
        kind="loans.instalment",
        since="disbursed_on",
        due_on="next_due_on",
        owner=Owner.ENTREPRENEUR,
        **OF_LOAN,
    )

"""The next instalment; nobody waits for one while the loan rests."""

from collections.abc import Iterator

from django.db.models import QuerySet

from journal.open_items import Owner, Scope, as_items
from loans.models import Loan

OF_LOAN = {"enterprise": "enterprise_id", "holder": None, "office": "branch_id"}


def items(scope: Scope) -> Iterator[QuerySet]:
    yield as_items(
        scope.narrow(Loan.objects.not_frozen().filter(next_due_on__isnull=False), **OF_LOAN),
        kind="loans.instalment",
        since="disbursed_on",
        due_on="next_due_on",
        owner=Owner.ENTREPRENEUR,
        **OF_LOAN,
    )

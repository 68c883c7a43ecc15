"""A decision, the money, and what keeps the money back."""

from collections.abc import Iterator

from django.db.models import QuerySet

from journal.open_items import Owner, Scope, as_items
from loans.models import Application

OF_APPLICATION = {"enterprise": "enterprise_id", "holder": "officer_id", "office": "branch_id"}
# What keeps the money back is not the officer's: the advisor sees the card, the client brings the papers.
OF_CARD = {
    "enterprise": "enterprise_id",
    "holder": "enterprise__case__advisor_id",
    "office": "enterprise__case__office_id",
}
OF_PAPERS = OF_APPLICATION | {"holder": None}


def items(scope: Scope) -> Iterator[QuerySet]:
    yield as_items(
        scope.narrow(Application.objects.undecided(), **OF_APPLICATION),
        kind="loans.application",
        since="received_at",
        due_on="due_on",
        owner=Owner.LENDER,
        **OF_APPLICATION,
    )
    approved, today = Application.objects.awaiting_disbursement(), scope.today
    yield as_items(
        scope.narrow(approved.lacking_nothing(on=today), **OF_APPLICATION),
        kind="loans.disbursement",
        since="decided_at",
        due_on="due_on",
        owner=Owner.LENDER,
        **OF_APPLICATION,
    )
    yield as_items(
        scope.narrow(approved.lacking_card(), **OF_CARD),
        kind="loans.card",
        since="decided_at",
        due_on="due_on",
        owner=Owner.ADVISOR,
        # Where the advisor keeps the client's papers, and compares the card.
        target="enterprise_id",
        **OF_CARD,
    )
    yield as_items(
        scope.narrow(approved.lacking_papers(on=today), **OF_PAPERS),
        kind="loans.papers",
        since="decided_at",
        due_on="due_on",
        owner=Owner.ENTREPRENEUR,
        **OF_PAPERS,
    )

"""What the lender asked for. The applicant's advisor has an eye on it, as on every paper, and answers for SMEDA."""

from collections.abc import Iterator

from django.db.models import QuerySet

from journal.open_items import Owner, Scope, as_items
from loans.models import Request

OF_REQUEST = {
    "enterprise": "application__enterprise_id",
    "holder": "application__enterprise__case__advisor_id",
    "office": "application__enterprise__case__office_id",
}


def items(scope: Scope) -> Iterator[QuerySet]:
    waiting = Request.objects.waiting()
    for of, kind, owner in (
        (Request.Of.APPLICANT, "loans.request", Owner.ENTREPRENEUR),
        (Request.Of.SMEDA, "loans.request_of_smeda", Owner.ADVISOR),
    ):
        yield as_items(
            scope.narrow(waiting.filter(of=of), **OF_REQUEST),
            kind=kind,
            since="asked_at",
            due_on="due_on",
            owner=owner,
            **OF_REQUEST,
        )

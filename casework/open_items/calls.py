"""Calls in place of a text."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import Call
from casework.open_items.parts import OF_STEP
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    to_make = scope.narrow(Call.objects.to_make().first_of_case().exclude(case__outcome="merged"), **OF_STEP)
    yield calls(to_make.filter(is_lost=False), kind="casework.call")
    yield calls(to_make.filter(is_lost=True), kind="casework.lost_text")


def calls(rows: QuerySet, *, kind: str) -> QuerySet:
    """What the advisor says on the telephone, because no text may go to the phone, or none arrived."""
    return as_items(
        rows,
        kind=kind,
        since="since",
        due_on="due_on",
        owner=Owner.ADVISOR,
        target="case_id",
        **OF_STEP,
    )

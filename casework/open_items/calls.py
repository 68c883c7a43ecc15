"""Calls in place of a text."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import Call
from casework.open_items.parts import OF_STEP, late_below
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    yield from by_kind(scope.narrow(to_make(), **OF_STEP))


def late(scope: Scope) -> Iterator[QuerySet]:
    yield from by_kind(late_below(to_make(), scope.user_id, today=scope.today))


def to_make() -> QuerySet:
    return Call.objects.to_make().first_of_case().exclude(case__outcome="merged")


def by_kind(rows: QuerySet) -> Iterator[QuerySet]:
    yield calls(rows.filter(is_lost=False), kind="casework.call")
    yield calls(rows.filter(is_lost=True), kind="casework.lost_text")


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

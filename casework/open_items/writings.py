"""What clients wrote and nobody answered. It is answered on their page, also where nobody may call them."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import Writing
from casework.open_items.parts import OF_PLAN, OF_STEP, late_below
from casework.states import CaseState
from journal.open_items import Owner, Scope, as_items

WRITING = "casework.writing"


def items(scope: Scope) -> Iterator[QuerySet]:
    """Whoever has the case answers; after its end whoever of the office comes to it, as nobody has it any more."""
    waiting = to_answer()
    yield answers(scope.narrow(waiting.exclude(case__state=CaseState.CLOSED), **OF_STEP), **OF_STEP)
    yield answers(scope.narrow(waiting.filter(case__state=CaseState.CLOSED), **OF_PLAN), **OF_PLAN)


def late(scope: Scope) -> Iterator[QuerySet]:
    with_advisor = to_answer().exclude(case__state=CaseState.CLOSED)
    yield answers(late_below(with_advisor, scope.user_id, today=scope.today), **OF_STEP)


def to_answer() -> QuerySet:
    return Writing.objects.waiting().first_of_case()


def answers(rows: QuerySet, **of_whom: str | None) -> QuerySet:
    return as_items(rows, kind=WRITING, since="at", due_on="due_on", owner=Owner.ADVISOR, target="case_id", **of_whom)

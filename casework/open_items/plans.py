"""Steps of a plan."""

from collections.abc import Iterator

from django.db.models import Case as Choice
from django.db.models import QuerySet, Value, When

from casework.models import Step, StepKind
from casework.open_items.parts import OF_STEP, late_below
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    yield steps(scope.narrow(to_do(), **OF_STEP))


def late(scope: Scope) -> Iterator[QuerySet]:
    ours = to_do().exclude(kind__owner=StepKind.Owner.ENTREPRENEUR)
    yield steps(late_below(ours, scope.user_id, today=scope.today))


def to_do() -> QuerySet:
    return Step.objects.open().exclude(case__state="closed")


def steps(rows: QuerySet) -> QuerySet:
    """A step of the entrepreneur's waits for them; every other one the advisor does, or sees to."""
    mine = StepKind.Owner.ENTREPRENEUR
    owner = Choice(When(kind__owner=mine, then=Value(Owner.ENTREPRENEUR)), default=Value(Owner.ADVISOR))
    return as_items(rows, kind="casework.step", since="set_at", due_on="due_on", owner=owner, **OF_STEP)

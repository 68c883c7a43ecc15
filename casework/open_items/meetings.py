"""Appointments: what the client answers, and what the advisor keeps and says what became of it."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from casework.models import Meeting
from casework.open_items.parts import OF_STEP
from casework.states import MeetingState
from journal.open_items import Owner, Scope, as_items

MEETING, MEETING_ANSWER = "casework.meeting", "casework.meeting_answer"
OF_MEETINGS = frozenset({MEETING, MEETING_ANSWER})


def items(scope: Scope) -> Iterator[QuerySet]:
    """Whoever has the case keeps them: a case that goes to somebody else takes none along."""
    meetings = Meeting.objects.open().exclude(case__state="closed")
    unanswered = meetings.filter(state=MeetingState.PROPOSED)
    yield answers(scope.narrow(unanswered.filter(starts_at__gte=scope.now), **OF_STEP))
    kept = meetings.filter(state=MeetingState.CONFIRMED) | unanswered.filter(starts_at__lt=scope.now)
    yield kept_times(scope.narrow(kept, **OF_STEP))


def answers(rows: QuerySet) -> QuerySet:
    return as_items(
        rows,
        kind=MEETING_ANSWER,
        since="at",
        due_on=TruncDate("starts_at"),
        owner=Owner.ENTREPRENEUR,
        **OF_STEP,
    )


def kept_times(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind=MEETING, since="at", due_on=TruncDate("starts_at"), owner=Owner.ADVISOR, **OF_STEP)

"""Questions about results, until the client answers or their days are over."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Case as Choice
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from casework.models import FollowUp
from casework.models.outcomes import ANSWER_WITHIN
from casework.open_items.parts import OF_PLAN, OF_STEP, late_below
from enterprises.consent_querysets import lets_contact
from journal.open_items import Owner, Scope, as_items

# Whoever has no page is called within so many days: a manager sees to it while there is still time to answer.
CALLED_WITHIN = dt.timedelta(days=14)
OUTCOME, TOLD = "casework.outcome", "casework.outcome_told"


def items(scope: Scope) -> Iterator[QuerySet]:
    """Whoever has the case sees to it; once it is closed, anybody of the office.

    Who has no page is called about it, if they let themselves be called.
    """
    waiting = to_answer()
    yield questions(scope.narrow(waiting.exclude(case__state="closed"), **OF_STEP), of=OF_STEP)
    yield questions(scope.narrow(waiting.filter(case__state="closed"), **OF_PLAN), of=OF_PLAN)
    told = to_confirm(scope)
    yield answers(scope.narrow(told.exclude(case__state="closed"), **OF_STEP), of=OF_STEP)
    yield answers(scope.narrow(told.filter(case__state="closed"), **OF_PLAN), of=OF_PLAN)


def late(scope: Scope) -> Iterator[QuerySet]:
    """Those alone that wait for a call."""
    to_call = to_answer().filter(case__person__cnic__isnull=True).exclude(case__state="closed")
    yield questions(late_below(to_call, scope.user_id, today=scope.today, due_on="answer_on"), of=OF_STEP)


def to_answer() -> QuerySet:
    answer_here = Q(case__person__cnic__isnull=False) | Q(lets_contact(person="case__person_id"))
    rows = FollowUp.objects.waiting().of_the_living_record().filter(answer_here).exclude(case__outcome="died")
    call_on = TruncDate(ExpressionWrapper(F("asked_at") + CALLED_WITHIN, output_field=DateTimeField()))
    return rows.annotate(answer_on=Choice(When(case__person__cnic__isnull=True, then=call_on), default=F("due_on")))


def questions(rows: QuerySet, *, of: dict) -> QuerySet:
    """The client's turn, where they have a page; else somebody asks them."""
    owner = Choice(When(case__person__cnic__isnull=True, then=Value(Owner.ADVISOR)), default=Value(Owner.ENTREPRENEUR))
    return as_items(rows, kind=OUTCOME, since="asked_at", due_on="answer_on", owner=owner, **of)


def to_confirm(scope: Scope) -> QuerySet:
    """What a colleague wrote down for whoever has a page: until its last day, and then it stays as it is known."""
    last = TruncDate(ExpressionWrapper(F("to_confirm_since") + ANSWER_WITHIN, output_field=DateTimeField()))
    rows = FollowUp.objects.to_confirm().of_the_living_record().filter(case__person__cnic__isnull=False)
    return rows.exclude(case__outcome="died").annotate(confirm_on=last).filter(confirm_on__gte=scope.today)


def answers(rows: QuerySet, *, of: dict) -> QuerySet:
    return as_items(rows, kind=TOLD, since="to_confirm_since", due_on="confirm_on", owner=Owner.ENTREPRENEUR, **of)

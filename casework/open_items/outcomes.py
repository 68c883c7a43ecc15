"""Questions about results, until the client answers or their days are over."""

from collections.abc import Iterator

from django.db.models import Case as Choice
from django.db.models import Q, QuerySet, Value, When

from casework.models import FollowUp
from casework.open_items.parts import OF_PLAN, OF_STEP
from enterprises.consent_querysets import lets_contact
from journal.open_items import Owner, Scope, as_items

OUTCOME = "casework.outcome"


def items(scope: Scope) -> Iterator[QuerySet]:
    """Whoever has the case sees to it; once it is closed, anybody of the office.

    Who has no page is called about it, if they let themselves be called.
    """
    answer_here = Q(case__person__cnic__isnull=False) | Q(lets_contact(person="case__person_id"))
    waiting = FollowUp.objects.waiting().of_the_living_record().filter(answer_here).exclude(case__outcome="died")
    yield questions(scope.narrow(waiting.exclude(case__state="closed"), **OF_STEP), of=OF_STEP)
    yield questions(scope.narrow(waiting.filter(case__state="closed"), **OF_PLAN), of=OF_PLAN)


def questions(rows: QuerySet, *, of: dict) -> QuerySet:
    """The client's turn, where they have a page; else somebody asks them."""
    owner = Choice(When(case__person__cnic__isnull=True, then=Value(Owner.ADVISOR)), default=Value(Owner.ENTREPRENEUR))
    return as_items(rows, kind=OUTCOME, since="asked_at", due_on="due_on", owner=owner, **of)

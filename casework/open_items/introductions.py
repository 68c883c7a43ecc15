"""Where clients were sent, and nobody knows what came of it."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import Introduction
from casework.open_items.parts import OF_STEP, late_below
from enterprises.consent_querysets import lets_contact
from journal.open_items import Owner, Scope, as_items

INTRODUCTION = "casework.introduction"
# Something on file may be the answer.
OFFERED = "casework.offered_answer"


def items(scope: Scope) -> Iterator[QuerySet]:
    yield to_ask(scope.narrow(to_ask_about(), **OF_STEP))
    yield to_say(scope.narrow(Introduction.objects.with_offer(), **OF_STEP))


def late(scope: Scope) -> Iterator[QuerySet]:
    yield to_ask(late_below(to_ask_about(), scope.user_id, today=scope.today))
    yield to_say(late_below(Introduction.objects.with_offer(), scope.user_id, today=scope.today))


def to_ask_about() -> QuerySet:
    """Of clients who let themselves be called, where nothing on file may be the answer."""
    return Introduction.objects.waiting().filter(lets_contact(person="case__person_id"), offered_ids__0__isnull=True)


def to_ask(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind=INTRODUCTION, since="at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP)


def to_say(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind=OFFERED, since="at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP)

"""Where clients were sent, and nobody knows what came of it."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import Introduction
from casework.open_items.parts import OF_STEP, late_below
from enterprises.consent_querysets import lets_contact
from journal.open_items import Owner, Scope, as_items

INTRODUCTION = "casework.introduction"


def items(scope: Scope) -> Iterator[QuerySet]:
    yield to_ask(scope.narrow(to_ask_about(), **OF_STEP))


def late(scope: Scope) -> Iterator[QuerySet]:
    yield to_ask(late_below(to_ask_about(), scope.user_id, today=scope.today))


def to_ask_about() -> QuerySet:
    """Of clients who let themselves be called."""
    return Introduction.objects.waiting().filter(lets_contact(person="case__person_id"))


def to_ask(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind=INTRODUCTION, since="at", due_on="due_on", owner=Owner.ADVISOR, **OF_STEP)

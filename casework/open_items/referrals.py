"""Referrals that the lender answers, and answers that the client is told."""

from collections.abc import Iterator

from django.db.models import Case as Choice
from django.db.models import QuerySet, Value, When

from casework.models import Referral
from casework.open_items.parts import ANSWER, OF_REFERRAL, OF_STEP, WITHDRAWN, late_below
from casework.querysets.referrals import was_refused
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    yield referrals(scope.narrow(Referral.objects.unanswered(), **OF_REFERRAL))
    yield talks(scope.narrow(Referral.objects.to_talk_of(), **OF_STEP))


def late(scope: Scope) -> Iterator[QuerySet]:
    yield talks(late_below(Referral.objects.to_talk_of(), scope.user_id, today=scope.today))


def referrals(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind="casework.referral", since="at", due_on="due_on", owner=Owner.LENDER, **OF_REFERRAL)


def talks(rows: QuerySet) -> QuerySet:
    """An end without a loan, of which the advisor talks with the client, agreeing what to do; logging it closes it."""
    kind = Choice(When(was_refused(), then=Value(ANSWER)), default=Value(WITHDRAWN))
    return as_items(
        rows, kind=kind, since="ended_at", due_on="due_on", owner=Owner.ADVISOR, target="case_id", **OF_STEP
    )

"""Referrals that the lender answers, and answers that the client is told."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import Referral
from casework.open_items.parts import ANSWER, OF_REFERRAL, OF_STEP, late_below
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    yield referrals(scope.narrow(Referral.objects.unanswered(), **OF_REFERRAL))
    yield answers(scope.narrow(Referral.objects.untold(), **OF_STEP))


def late(scope: Scope) -> Iterator[QuerySet]:
    yield answers(late_below(Referral.objects.untold(), scope.user_id, today=scope.today))


def referrals(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind="casework.referral", since="at", due_on="due_on", owner=Owner.LENDER, **OF_REFERRAL)


def answers(rows: QuerySet) -> QuerySet:
    """A no that the advisor tells the client, agreeing what to do; logging the talk closes it."""
    return as_items(
        rows, kind=ANSWER, since="ended_at", due_on="due_on", owner=Owner.ADVISOR, target="case_id", **OF_STEP
    )

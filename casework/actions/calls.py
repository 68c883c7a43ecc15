"""Calls that take the place of texts, where none may go to the phone or none arrived: a person says it."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from casework.models import Call, Case
from messaging.kinds import Kind
from places.calendar import OFFICE, add_working_days

logger = logging.getLogger(__name__)


@transaction.atomic
def ask(kind: Kind, target: Any, person_id: int | None, *, is_lost: bool = False) -> None:
    """Put the call on the desk of the client's advisor, for the next working day; one that waits already is enough."""
    case = case_of(target, person_id)
    if case is None:
        logger.warning("nobody to call", extra={"kind": kind.name, "target_id": target.pk})
        return
    due_on = add_working_days(timezone.localdate(), 1, calendar=OFFICE)
    call = Call(case=case, kind=kind.name, is_lost=is_lost, due_on=due_on)
    Call.objects.bulk_create([call], ignore_conflicts=True)


def arrived(kind: Kind, person_id: int | None) -> None:
    """A later text of the kind arrived: it says how things stand now, and nobody needs to call."""
    lost = Call.objects.waiting().filter(is_lost=True, kind=kind.name, case__person_id=person_id or 0)
    lost.update(arrived_at=timezone.now())


def spare(case: Case, *, kind: str) -> None:
    """The client knows what a call would tell them, or it was taken back: nobody needs to call."""
    Call.objects.waiting().filter(case=case, kind=kind).delete()


def case_of(target: Any, person_id: int | None) -> Case | None:
    """The case of the enterprise that the message is about; else the person's newest."""
    cases = Case.objects.order_by("-opened_at", "-id")
    enterprise_id = getattr(target, "enterprise_id", None)
    found = cases.filter(enterprise_id=enterprise_id).first() if enterprise_id else None
    return found or (cases.filter(person_id=person_id).first() if person_id else None)

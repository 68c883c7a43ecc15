"""Calls, visits and talks."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import calls
from casework.actions.notes import MOMENT
from casework.models import Case, Contact
from casework.states import CaseState
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import EditConflict, MoveRefused, hold, move
from kit.saving import save

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def log(
    *, case: Case, by: User, version: int, channel: str, agreed: str, next_on: dt.date | None, minutes: int = 10
) -> Contact:
    """Write down a contact and what was agreed. The first one stops the clock that the entrepreneur sees.

    Where a colleague logged a contact meanwhile, `EditConflict` carries theirs, so that both texts can be shown.
    The same words once more within a few minutes are refused, as a note's are.
    """
    try:
        held = hold(case, version=version)
    except EditConflict as conflict:
        raise EditConflict(case.contacts.order_by("at", "id").last() or conflict.item) from conflict
    now = timezone.now()
    if held.contacts.filter(by=by, channel=channel, agreed=agreed, at__gt=now - MOMENT).exists():
        raise ValidationError({"agreed": _("You have written this already. It is saved.")})
    clock = {"last_contact_at": now, "next_contact_on": next_on}
    if held.state == CaseState.NEW:
        data = {"kind": channel}
        clock["first_contact_at"] = now
        move(held, "log_first_contact", by=by, version=version, audience=AUDIENCE, data=data, **clock)
        return write(held, by=by, channel=channel, agreed=agreed, minutes=minutes, next_on=next_on, at=now)
    if held.state == CaseState.CLOSED:
        raise MoveRefused(held)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    for name, value in clock.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=["version", *clock])
    contact = write(held, by=by, channel=channel, agreed=agreed, minutes=minutes, next_on=next_on, at=now)
    record("casework.contacted", target=held, by=by, audience=AUDIENCE, data={"kind": channel})
    return contact


def write(case: Case, **facts: object) -> Contact:
    contact = Contact(case=case, **facts)
    save(contact)
    calls.close(contact)
    return contact

"""Calls, visits and talks."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.notes import MOMENT
from casework.models import Case, Contact
from casework.states import CaseState
from enterprises.actions import consents
from enterprises.discretion import silence_of
from enterprises.models import Consent, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import EditConflict, MoveRefused, hold, move
from kit.saving import save

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def log(
    *,
    case: Case,
    by: User,
    version: int,
    channel: str,
    agreed: str,
    next_on: dt.date | None,
    minutes: int = 10,
    is_unasked: bool = False,
) -> Contact:
    """Write down a contact and what was agreed. The first one stops the clock that the entrepreneur sees.

    Of whoever does not let SMEDA contact them it is taken only if it `is_unasked`, since they got in touch themselves,
    or while a call that belongs to a loan waits: such a call ends with it, and no other. Of a closed case it is taken
    while a call waits that may be made, and the case stays closed.
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
    said = {"channel": channel, "agreed": agreed, "minutes": minutes, "next_on": next_on, "is_unasked": is_unasked}
    clock = {"last_contact_at": now, "next_contact_on": next_on}
    if held.state == CaseState.NEW:
        data = {"kind": channel}
        clock["first_contact_at"] = now
        move(held, "log_first_contact", by=by, version=version, audience=AUDIENCE, data=data, **clock)
        return write(held, by=by, at=now, **said)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state == CaseState.CLOSED:
        # The hand-holding is over and no day is agreed; but what waits to be told is told.
        if not held.calls.to_make().exists():
            raise MoveRefused(held)
        del clock["next_contact_on"]
        said["next_on"] = None
    for name, value in clock.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=["version", *clock])
    contact = write(held, by=by, at=now, **said)
    record("casework.contacted", target=held, by=by, audience=AUDIENCE, data={"kind": channel})
    return contact


@transaction.atomic
def log_of_silent(*, case: Case, by: User, version: int, lets_contact: bool, **said: Any) -> Contact:
    """Write down that a client whom nobody may call got in touch, and, if they said so, that SMEDA may call again."""
    # Before the case, as whoever gives the permission elsewhere does: the two take turns.
    hold(case.person, version=None)
    contact = log(case=case, by=by, version=version, **said)
    if lets_contact:
        consents.give(person=case.person, kind=Consent.Kind.CONTACT, by=by)
    return contact


def write(case: Case, **facts: Any) -> Contact:
    """Whoever talked with the client said what waited to be said: the contact form shows it."""
    contact, told = Contact(case=case, **facts), case.calls.waiting()
    if not contact.is_unasked and not is_welcome(case.person):
        told = case.calls.to_make()
        if not told.exists():
            raise ValidationError(
                _("Nobody may call this client. Log only that they got in touch by themselves."), code="silent"
            )
    save(contact)
    told.update(contact=contact)
    return contact


def is_welcome(person: Person) -> bool:
    """Whether somebody may have called: they let SMEDA contact them, or did until today."""
    silence = silence_of(person)
    return silence is None or silence.began_on(localdate())

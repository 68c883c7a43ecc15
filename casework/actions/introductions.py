"""A client sent to a course, for a registration, to another office or outside, and what came of it."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.hand_overs import AUDIENCE
from casework.actions.notes import MOMENT
from casework.models import Case, Contact, Introduction
from casework.states import OPEN_CASES
from journal.events import record
from journal.models import Event
from journal.moves import MoveRefused, hold, move
from kit.saving import save

# After so many days without an answer somebody asks.
STALE_AFTER = dt.timedelta(days=14)
# What proves that the client went there; the services stand on a higher floor, their events are read here.
PROVED_BY = {
    "training.enrolled": Introduction.To.COURSE,
    "training.certified": Introduction.To.COURSE,
    "formalisation.obtained": Introduction.To.REGISTRATION,
}


@transaction.atomic
def send(*, case: Case, by: User, version: int, to: str, where: str, why: str) -> Introduction:
    """Write down where the client was sent, and what for. In fourteen days somebody asks what came of it.

    The same once more within a few minutes is refused, as a note is.
    """
    held = hold(case, version=version)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state not in OPEN_CASES:
        raise MoveRefused(held)
    same = held.introductions.filter(by=by, to=to, where=where, why=why)
    if same.filter(at__gt=timezone.now() - MOMENT).exists():
        raise ValidationError(_("You have written this already. It is saved."))
    due_on = timezone.localdate() + STALE_AFTER
    sent = Introduction(case=held, to=to, where=where, why=why, by=by, due_on=due_on)
    save(sent)
    data = {"kind": to, "due_on": due_on.isoformat()}
    record("casework.introduced", target=sent, by=by, audience=AUDIENCE, data=data)
    return sent


@transaction.atomic
def answer(*, sent: Introduction, by: User, version: int, contact: Contact, reason: str = "") -> Introduction:
    """The client told what came of it: the talk is the evidence."""
    hold(sent.case, version=None)
    if not Contact.objects.filter(pk=contact.pk, case=sent.case_id).since(sent.at).exists():
        raise ValidationError({"contact": _("Choose a talk with this client since they were sent.")})
    ended: dict[str, Any] = {"ended_at": timezone.now(), "ended_by": by, "contact": contact, "reason": reason}
    return move(sent, "answer", by=by, version=version, audience=AUDIENCE, **ended)


@transaction.atomic
def end(*, sent: Introduction, by: User, version: int, reason: str) -> Introduction:
    """Nothing came of it, or nobody can say: only with a reason."""
    hold(sent.case, version=None)
    ended: dict[str, Any] = {"ended_at": timezone.now(), "ended_by": by, "reason": reason}
    return move(sent, "end", by=by, version=version, audience=AUDIENCE, **ended)


@transaction.atomic
def answer_for_event(*, event: Event, by: User) -> list[Introduction]:
    """The event proves that the client went there: it is the answer."""
    theirs = Q(case__enterprise_id=event.enterprise_id) if event.enterprise_id else Q(case__person_id=event.person_id)
    waiting = Introduction.objects.waiting().filter(theirs, to=PROVED_BY[event.name]).order_by("pk")
    ended: dict[str, Any] = {"ended_at": timezone.now(), "ended_by": by, "answering_event_id": event.pk}
    return [
        move(sent, "answer", by=by, version=None, audience=AUDIENCE, **ended)
        for sent in waiting.select_for_update(no_key=True, of=("self",))
    ]

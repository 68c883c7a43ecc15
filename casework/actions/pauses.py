"""A clock stands only for a reason, until a day, and the client reads both."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.attempts import AUDIENCE
from casework.actions.clocks import first_call_by
from casework.models import Case, Pause
from casework.states import OPEN_CASES, CaseState
from journal.events import record
from journal.models import Event
from journal.moves import MoveRefused, hold
from kit.saving import save
from places.calendar import OFFICE, on_time_until


@transaction.atomic
def pause(*, case: Case, by: User, version: int, reason: str, until_on: dt.date, note: str = "") -> Pause:
    """Nobody calls before that day; then the call is due. A pause that stood is replaced."""
    held = workable(case, by=by, version=version)
    now = timezone.now()
    standing = held.pauses.in_force(on=timezone.localdate(now)).first()
    was_due_on = standing.was_due_on if standing else getattr(held, clock_of(held))
    if until_on <= timezone.localdate(now):
        raise ValidationError({"until_on": _("Enter a later day than today.")})
    end_standing(held, at=now)
    made = Pause(case=held, reason=reason, note=note, until_on=until_on, by=by, at=now, was_due_on=was_due_on)
    save(made)
    set_clock(held, on_time_until(until_on, calendar=OFFICE))
    data = {"reason": reason, "until_on": until_on.isoformat()}
    record("casework.paused", target=held, by=by, audience=AUDIENCE, data=data)
    return made


@transaction.atomic
def resume(*, case: Case, by: User, version: int) -> Case:
    """Go on now: whoever waits is called within two working days, or by the day that a pause of today alone found."""
    held = workable(case, by=by, version=version)
    now, today = timezone.now(), timezone.localdate()
    standing = held.pauses.in_force(on=today).first()
    if standing is None:
        raise ValidationError(_("Nothing is paused."))
    end_standing(held, at=now)
    is_of_today = timezone.localdate(standing.at) == today
    set_clock(held, max(standing.was_due_on, today) if is_of_today and standing.was_due_on else first_call_by(today))
    record("casework.resumed", target=held, by=by, audience=AUDIENCE)
    return held


def end_standing(held: Case, *, at: dt.datetime) -> None:
    held.pauses.filter(ended_at__isnull=True).update(ended_at=at)


def end_for_event(event: Event) -> None:
    """Somebody talked with the client, or the case was closed: no pause stands any more.

    A talk from a paper form that is older than the pause ends none: it was made in the knowledge of that talk.
    """
    standing = Pause.objects.filter(case__enterprise_id=event.enterprise_id or 0, ended_at__isnull=True)
    if "on" in event.data:
        standing = standing.filter(at__date__lte=event.data["on"])
    standing.update(ended_at=event.at)


def workable(case: Case, *, by: User, version: int) -> Case:
    held = hold(case, version=version)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state not in OPEN_CASES:
        raise MoveRefused(held)
    return held


def clock_of(held: Case) -> str:
    return "first_contact_due_on" if held.state == CaseState.NEW else "next_contact_on"


def set_clock(held: Case, day: dt.date) -> None:
    """The call is due on that day; a first call that is late keeps its day: no pause makes it one in time."""
    name = clock_of(held)
    if held.state != CaseState.NEW or held.first_contact_due_on >= timezone.localdate():
        setattr(held, name, day)
    held.version += 1
    held.save(update_fields=["version", name])

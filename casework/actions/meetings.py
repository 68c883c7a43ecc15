"""Appointments: proposed by an advisor, answered by the client, and what became of them."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.cases import AUDIENCE
from casework.models import ByItself, Case, Channel, Contact, Meeting
from casework.states import CaseState
from enterprises.discretion import silence_of
from journal.events import record
from journal.moves import MoveRefused, hold, move
from kit.saving import save
from messaging.outbox import queue
from places.calendar import OFFICE, add_working_days

FURTHEST = dt.timedelta(days=90)
# Who comes so long before the time comes to the appointment.
EARLY = dt.timedelta(hours=1)


@transaction.atomic
def propose(
    *, case: Case, by: User, channel: str, starts_at: dt.datetime, minutes: int = 30, place: str = ""
) -> Meeting:
    """Keep a time for the client, and ask them whether they come. One at a time, and none over another's.

    The database decides of two that are made for one time at the same moment.
    """
    held = hold(case, version=None)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state == CaseState.CLOSED:
        raise MoveRefused(held)
    now = timezone.now()
    if starts_at <= now:
        raise ValidationError({"time": _("This time is over. Choose a later one.")})
    if starts_at > now + FURTHEST:
        raise ValidationError({"day": _("Choose a day within three months.")})
    if channel != Channel.OFFICE and silence_of(held.person) is not None:
        raise ValidationError({"channel": _("Nobody may call or visit this client. They may come to the office.")})
    meeting = Meeting(
        case=held,
        advisor=held.advisor,
        channel=channel,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=minutes),
        place=place,
        by=by,
    )
    save(meeting)
    record("casework.meeting_proposed", target=meeting, by=by, audience=AUDIENCE, data={"kind": channel})
    queue("casework.meeting_set", target=meeting, by=by)
    return meeting


@transaction.atomic
def confirm(*, meeting: Meeting, by: User, version: int | None) -> Meeting:
    """They come."""
    refuse_begun(meeting)
    return move(meeting, "confirm", by=by, version=version, audience=AUDIENCE, answered_at=timezone.now())


@transaction.atomic
def say_no(*, meeting: Meeting, by: User, version: int | None) -> Meeting:
    """They cannot come: the time is free at once, and the advisor calls by the next working day for another one."""
    refuse_begun(meeting)
    held = hold(meeting.case, version=None)
    said = move(meeting, "say_no", by=by, version=version, audience=AUDIENCE, answered_at=timezone.now())
    call_again(held)
    return said


@transaction.atomic
def cancel(*, meeting: Meeting, by: User, version: int | None, reason: str) -> Meeting:
    """We call it off and say why: the time is free at once, and somebody calls by the next working day."""
    if not reason:
        raise ValidationError({"reason": _("Write why, so that the client knows.")})
    if not meeting.may_be_called_off(timezone.now()):
        raise ValidationError(_("Its time has come. Log the contact, or write down that the client was not there."))
    held = hold(meeting.case, version=None)
    return call_off(meeting, held, by=by, version=version, reason=reason, tells=True)


def call_off(meeting: Meeting, held: Case, *, by: User, version: int | None, reason: str, tells: bool) -> Meeting:
    """Free the time; if it `tells`, the client hears of it, and is called for another one."""
    cancelled = move(meeting, "cancel", by=by, version=version, audience=AUDIENCE, reason=reason)
    if tells and timezone.now() < cancelled.starts_at:
        queue("casework.meeting_cancelled", target=cancelled, by=by)
        call_again(held)
    return cancelled


def refuse_begun(meeting: Meeting) -> None:
    """An answer comes before the time does."""
    if meeting.starts_at <= timezone.now():
        raise ValidationError(_("The time of this appointment has come. It can no longer be answered."))


@transaction.atomic
def miss(*, meeting: Meeting, by: User, version: int | None) -> Meeting:
    """The time came and the client did not: said afterwards alone. The advisor calls by the next working day."""
    if timezone.now() < meeting.starts_at:
        raise ValidationError(_("The time has not come yet. Call the appointment off instead."))
    held = hold(meeting.case, version=None)
    missed = move(meeting, "miss", by=by, version=version, audience=AUDIENCE)
    call_again(held)
    return missed


def call_again(case: Case) -> None:
    """Somebody calls by the next working day, unless a day before it is agreed already."""
    due_on = add_working_days(timezone.localdate(), 1, calendar=OFFICE)
    if case.state in {CaseState.CONTACTED, CaseState.PLANNED}:
        case.next_contact_on = min(due_on, case.next_contact_on or due_on)
        case.version += 1
        case.save(update_fields=["next_contact_on", "version"])


def hold_for_contact(contact: Contact, *, by: User) -> None:
    """The contact is the appointment that was agreed for its day, in its way; whoever came early came to it."""
    rows = Meeting.objects.open().of_day(contact.on).filter(case=contact.case, channel=contact.channel)
    agreed = rows.filter(starts_at__lte=contact.at + EARLY).select_for_update(no_key=True, of=("self",)).first()
    if agreed is not None:
        move(agreed, "hold", by=by, version=None, audience=AUDIENCE, contact=contact)


def unhold_for_contact(contact: Contact, *, by: User) -> None:
    """The contact was typed by mistake: of the appointment nothing is known, as before."""
    for held in Meeting.objects.filter(contact=contact):
        verb = "unhold" if held.answered_at else "unhold_unanswered"
        move(held, verb, by=by, version=None, audience=AUDIENCE, contact=None)


@transaction.atomic
def end_all(kept: QuerySet[Meeting], *, by: User, tells: bool) -> None:
    """Call these off because somebody else has the case; or, telling nobody, because it is closed."""
    reason = ByItself.HANDED_OVER if tells else ByItself.CLOSED
    for meeting in kept.order_by("pk"):
        held = hold(meeting.case, version=None)
        call_off(meeting, held, by=by, version=None, reason=reason, tells=tells)


def end_unwelcome(*, person_id: int, by: User) -> None:
    """Whoever may no longer be called or visited keeps their appointments at the office, and no others."""
    kept = Meeting.objects.to_come(now=timezone.now()).exclude(channel=Channel.OFFICE)
    for meeting in kept.filter(case__person_id=person_id).order_by("pk"):
        held = hold(meeting.case, version=None)
        call_off(meeting, held, by=by, version=None, reason=ByItself.SILENT, tells=False)

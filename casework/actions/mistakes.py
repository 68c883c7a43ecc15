"""Contacts, attempts and enquiries that were typed by mistake: for the wrong client, or twice.

Whoever typed one takes it out within 30 days, and says why; within 30 days of that it can be put back. What stands no
more is in no list, clock or total. A month that is closed keeps its figures, as it does with whatever comes late.

What a client said of a contact on a call-back stays as they said it, whether the contact stands or not: whoever typed
it must not learn by a refusal that their client was asked. A call-back that still waits ends.
"""

import datetime as dt
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import call_backs, introductions, meetings, plans
from casework.actions.clocks import first_call_by
from casework.actions.contacts import clock_after, moment_of
from casework.actions.put_back import day_or_none
from casework.models import Attempt, Case, Contact, Enquiry, Step
from casework.states import BACK_FOR, CaseState
from journal.events import ADVISORS, MANAGERS, record
from journal.models import Event
from journal.moves import hold, move
from kit.saving import save

# For colleagues alone: the client is not told of a slip of the pen, and finds it gone.
AUDIENCE = {ADVISORS, MANAGERS}
# Under which a contact keeps the day that was agreed before it.
DAY = "next_contact_on"
LOGGED = ("casework.first_contact", "casework.contacted")
Row = TypeVar("Row", Contact, Attempt, Enquiry)


@transaction.atomic
def take_out_contact(*, contact: Contact, by: User, because: str) -> Contact:
    """It never was: the case's clock is as before it, and what it ended waits again.

    A first call is due by its old day, an agreed day that came of it goes, and so does the end of calls to make, of an
    appointment, of a referral elsewhere and of a step of the plan. The permission that a client gave then stays.
    Refused where it is the only talk and more was done with the client, or the case was closed on it.
    """
    case = hold(contact.case, version=None)
    held = held_of(contact, by=by, needs="casework.keep_contact")
    if held.removed_at is not None:
        return held
    held.case = case
    refuse_late(held.at)
    refuse_closed_on(case, held.at)
    is_first_alone = moment_of(held) == case.first_contact_at and not others_of(held).exists()
    if is_first_alone and is_built_on(case):
        raise ValidationError(
            _("More was done with this client since, and this is the only talk. Log the one that it was, then go on.")
        )
    clock = clock_without(held)
    take_out(held, by=by, because=because)
    if "next_contact_on" in clock:
        pause_again(held)
    call_backs.end_for_contact(held)
    meetings.unhold_for_contact(held, by=by)
    introductions.open_again(held, by=by)
    wait_again(held)
    reopen_steps(held, by=by)
    held.kept["left"] = day_or_none(clock.get("next_contact_on", case.next_contact_on))
    save(held, update_fields=["kept"])
    data = {"contact": held.pk}
    if is_first_alone and case.state == CaseState.CONTACTED:
        move(case, "take_out_first_contact", by=by, version=None, audience=AUDIENCE, data=data, **clock)
    else:
        change(case, **clock)
        record("casework.contact_removed", target=case, by=by, audience=AUDIENCE, data=data)
    return held


@transaction.atomic
def put_back_contact(*, contact: Contact, by: User) -> Contact:
    """It was none: the contact stands as it did, and so does what came of it, as far as nothing else did meanwhile."""
    case = hold(contact.case, version=None)
    held = held_of(contact, by=by, needs="casework.keep_contact")
    if held.removed_at is None:
        return held
    held.case = case
    refuse_gone(held.removed_at)
    refuse_closed_on(case, held.at)
    put_back(held)
    clock = clock_after(held)
    is_theirs = case.state != CaseState.NEW and day_or_none(case.next_contact_on) != held.kept.get("left")
    if is_theirs or case.state == CaseState.CLOSED:
        # Somebody agreed or moved the day meanwhile: theirs stands. With whom nobody talked, nobody agreed one.
        clock.pop("next_contact_on", None)
    case.calls.waiting().filter(pk__in=held.kept.get("calls", ())).update(contact=held)
    meetings.hold_for_contact(held, by=by)
    introductions.answer_again(held, by=by)
    close_steps(held, by=by)
    call_backs.draw_again_for_contact(held, now=timezone.now())
    case.pauses.filter(pk=held.kept.get("pause"), ended_at__isnull=True).update(ended_at=timezone.now())
    data = {"contact": held.pk}
    if case.state == CaseState.NEW:
        clock["first_contact_at"] = moment_of(held)
        move(case, "put_back_first_contact", by=by, version=None, audience=AUDIENCE, data=data, **clock)
    else:
        change(case, **clock)
        record("casework.contact_restored", target=case, by=by, audience=AUDIENCE, data=data)
    return held


@transaction.atomic
def take_out_attempt(*, attempt: Attempt, by: User, because: str) -> Attempt:
    """Nobody tried: it counts for no clock, no search and no escalation. Refused once the case was closed on it."""
    case = hold(attempt.case, version=None)
    held = held_of(attempt, by=by, needs="casework.keep_attempt")
    if held.removed_at is None:
        refuse_late(held.at)
        refuse_closed_on(case, held.at)
        take_out(held, by=by, because=because)
        change(case)
        record("casework.attempt_removed", target=case, by=by, audience=AUDIENCE, data={"attempt": held.pk})
    return held


@transaction.atomic
def put_back_attempt(*, attempt: Attempt, by: User) -> Attempt:
    case = hold(attempt.case, version=None)
    held = held_of(attempt, by=by, needs="casework.keep_attempt")
    if held.removed_at is not None:
        refuse_gone(held.removed_at)
        put_back(held)
        change(case)
        record("casework.attempt_restored", target=case, by=by, audience=AUDIENCE, data={"attempt": held.pk})
    return held


@transaction.atomic
def take_out_enquiry(*, enquiry: Enquiry, by: User, because: str) -> Enquiry:
    """Nobody asked: no list or figure counts it. Refused where it became a lead: the registration rests on it."""
    held = held_of(enquiry, by=by, needs="casework.keep_enquiry")
    if held.removed_at is None:
        refuse_late(held.at)
        if held.enterprise_id is not None:
            raise ValidationError(_("A lead came of this enquiry: it stays."), code="lead")
        take_out(held, by=by, because=because)
        record("casework.enquiry_removed", target=held, by=by, audience=AUDIENCE)
    return held


@transaction.atomic
def put_back_enquiry(*, enquiry: Enquiry, by: User) -> Enquiry:
    held = held_of(enquiry, by=by, needs="casework.keep_enquiry")
    if held.removed_at is not None:
        refuse_gone(held.removed_at)
        put_back(held)
        record("casework.enquiry_restored", target=held, by=by, audience=AUDIENCE)
    return held


def held_of(row: Row, *, by: User, needs: str) -> Row:
    """The row, locked. Nobody takes out or brings back what another typed."""
    held: Row = type(row)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    if not by.has_perm(needs, held):
        raise PermissionDenied(needs)
    return held


def take_out(held: Any, *, by: User, because: str) -> None:
    if not because:
        raise ValidationError({"because": _("Say in a few words why.")})
    held.removed_at, held.removed_by, held.removed_because = timezone.now(), by, because
    save(held, update_fields=["removed_at", "removed_by", "removed_because"])


def put_back(held: Any) -> None:
    held.removed_at, held.removed_by, held.removed_because = None, None, ""
    save(held, update_fields=["removed_at", "removed_by", "removed_because"])


def refuse_late(typed_at: dt.datetime) -> None:
    if typed_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was typed more than 30 days ago, and stays."), code="late")


def refuse_gone(removed_at: dt.datetime) -> None:
    if removed_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was removed more than 30 days ago, and cannot be put back."), code="late")


def refuse_closed_on(case: Case, typed_at: dt.datetime) -> None:
    """How a case ended rests on what stood there then; what is told after its end does not."""
    if case.closed_at is not None and typed_at <= case.closed_at:
        raise ValidationError(_("The case was closed on this. Open it again first."), code="closed")


def is_built_on(case: Case) -> bool:
    """Whether more came of the talks than the next day: nobody agrees a plan with a client whom nobody called."""
    return case.state == CaseState.PLANNED or case.business_plans.exists() or case.referrals.exists()


def others_of(gone: Contact) -> Any:
    return gone.case.contacts.standing().exclude(pk=gone.pk)


def clock_without(gone: Contact) -> dict[str, Any]:
    """What of the case's clock changes: its first and its newest talk are others, and the agreed day is that of before.

    A day that somebody agreed or moved since then is theirs, and stands.
    """
    case, moment = gone.case, moment_of(gone)
    moments = [moment_of(contact) for contact in others_of(gone)]
    clock: dict[str, Any] = {}
    if moment == case.first_contact_at:
        clock["first_contact_at"] = min(moments, default=None)
    if moment == case.last_contact_at:
        clock["last_contact_at"] = max(moments, default=None)
        if case.next_contact_on == gone.next_on:
            clock["next_contact_on"] = day_before(gone)
    return clock


def day_before(gone: Contact) -> dt.date | None:
    """The day that was agreed before it; where that came of a talk that was taken out too, the one before that."""
    kept = gone.kept
    for earlier in gone.case.contacts.filter(at__lt=gone.at).order_by("-at", "-id"):
        if DAY in kept and day_or_none(earlier.next_on) == kept[DAY]:
            if earlier.removed_at is None:
                break
            kept = earlier.kept
    if DAY not in kept:
        return day_of_others(gone)
    return dt.date.fromisoformat(kept[DAY]) if kept[DAY] else None


def day_of_others(gone: Contact) -> dt.date | None:
    """Of contacts from before the day was kept with them: as the newest that stands says, or as of a first call.

    Without a day nobody would call. Where no talk is left, the first call has a day of its own; after the end none is.
    """
    newest, today = max(others_of(gone), key=moment_of, default=None), timezone.localdate()
    if newest is None or gone.case.state == CaseState.CLOSED:
        return None
    is_to_come = newest.next_on is not None and newest.next_on >= today
    return newest.next_on if is_to_come else first_call_by(today)


def pause_again(gone: Contact) -> None:
    """The pause that it ended goes on, if its day is still ahead and no other stands."""
    case = gone.case
    if not case.pauses.filter(ended_at__isnull=True).exists():
        case.pauses.filter(pk=gone.kept.get("pause"), until_on__gt=timezone.localdate()).update(ended_at=None)


def wait_again(gone: Contact) -> None:
    """Calls to make that it ended are to be made, one of a kind, unless a later one of the kind waits already.

    Put back, it ends these and no other: what arose meanwhile was not told in it.
    """
    waiting = gone.case.calls.waiting().values_list("kind", flat=True)
    again = gone.calls.exclude(kind__in=list(waiting)).order_by("kind", "-pk").distinct("kind")
    gone.kept["calls"] = list(again.values_list("pk", flat=True))
    gone.calls.filter(pk__in=gone.kept["calls"]).update(contact=None)


def reopen_steps(gone: Contact, *, by: User) -> None:
    """Steps of the plan that it proved done; one that the plan has again by now stays as it is."""
    logged = Event.objects.filter(target_label=Case._meta.label_lower, target_id=gone.case_id, name__in=LOGGED)
    # Written in the same breath, under the lock of the case: the first of theirs from then on.
    event = logged.filter(by=gone.by_id, at__gte=gone.at).order_by("pk").first()
    if event is None:
        return
    proved = Step.objects.filter(case=gone.case_id, closing_event_id=event.pk).select_related("case", "kind")
    to_do = Step.objects.open().filter(case=gone.case_id).values_list("kind", flat=True)
    reopened = [plans.open_again(step, by=by) for step in proved.exclude(kind__in=list(to_do)).order_by("pk")]
    gone.kept |= {"event": event.pk, "steps": [step.pk for step in reopened]}


def close_steps(back: Contact, *, by: User) -> None:
    steps = Step.objects.open().filter(pk__in=back.kept.get("steps", ())).select_related("case", "kind").order_by("pk")
    event = Event.objects.filter(pk=back.kept.get("event", 0)).first()
    for step in steps:
        plans.finish(step, by=by, event=event)


def change(case: Case, **clock: Any) -> None:
    for name, value in clock.items():
        setattr(case, name, value)
    case.version += 1
    save(case, update_fields=["version", *clock])

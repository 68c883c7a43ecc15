"""A client sent to a course, for a registration, to another office or outside, and what came of it."""

import datetime as dt
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.clocks import first_call_by
from casework.actions.hand_overs import AUDIENCE
from casework.destinations import standing
from casework.models import Case, Contact, Introduction
from casework.states import OPEN_CASES, IntroductionState
from journal.events import ADVISORS, MANAGERS, record
from journal.models import Event
from journal.moves import MoveRefused, hold, move
from kit import words
from kit.saving import save

# After so many days without an answer somebody asks.
STALE_AFTER = dt.timedelta(days=14)
# What proves that the client went there, and which of the event's data says where; the services stand on a higher
# floor, their events are read here.
PROVED_BY = {
    "training.enrolled": (Introduction.To.COURSE, "course"),
    "training.certified": (Introduction.To.COURSE, "course"),
    "formalisation.obtained": (Introduction.To.REGISTRATION, "kind"),
}


class Where(NamedTuple):
    """To what a client is sent: in words, or by the code of a course or registration with its names."""

    to: str
    name: str
    name_ur: str = ""
    code: str = ""


@transaction.atomic
def send(*, case: Case, by: User, version: int, where: Where, why: str) -> Introduction:
    """Write down where the client was sent, and what for. In fourteen days somebody asks what came of it.

    Not to the same place while nobody knows what came of it, nor for what the client has already.
    """
    held = hold(case, version=version)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state not in OPEN_CASES:
        raise MoveRefused(held)
    said = {"to": where.to, "where": where.name, "where_ur": where.name_ur, "about": where.code, "why": why}
    refuse_again(held, where)
    due_on = timezone.localdate() + STALE_AFTER
    sent = Introduction(case=held, by=by, due_on=due_on, **said)
    save(sent)
    data = {"kind": where.to, "due_on": due_on.isoformat()}
    record("casework.introduced", target=sent, by=by, audience=AUDIENCE, data=data)
    return sent


def refuse_again(case: Case, where: Where) -> None:
    """Who is sent there already, or has what they would be sent for, is not sent: it says where that stands."""
    if (there := standing(where.to, case).get(where.code)) is not None:
        raise ValidationError({"to": _("The client has this already: {there}.").format(there=there)})
    if (open_one := open_like(case, where)) is not None:
        text = _("The client was sent there on {day}, and nobody has said yet what came of it. Say that first.")
        raise ValidationError({"to": text.format(day=words.plain(words.day_plain(open_one.at)))})


def open_like(case: Case, where: Where) -> Introduction | None:
    """The client was sent there, and nobody has said what came of it."""
    rows = case.introductions.waiting().filter(to=where.to, about=where.code)
    return (rows if where.code else rows.filter(where__iexact=where.name)).first()


@transaction.atomic
def answer(*, sent: Introduction, by: User, version: int, contact: Contact, reason: str = "") -> Introduction:
    """The client told what came of it: the talk is the evidence."""
    hold(sent.case, version=None)
    if not Contact.objects.standing().filter(pk=contact.pk, case=sent.case_id).since(sent.at).exists():
        raise ValidationError({"contact": _("Choose a talk with this client since they were sent.")})
    ended: dict[str, Any] = {"ended_at": timezone.now(), "ended_by": by, "contact": contact, "reason": reason}
    return move(sent, "answer", by=by, version=version, audience=AUDIENCE, **ended)


@transaction.atomic
def end(*, sent: Introduction, by: User, version: int, reason: str) -> Introduction:
    """Nothing came of it, or nobody can say: only with a reason."""
    hold(sent.case, version=None)
    ended: dict[str, Any] = {"ended_at": timezone.now(), "ended_by": by, "contact": None, "reason": reason}
    return move(sent, "end", by=by, version=version, audience=AUDIENCE, **ended)


@transaction.atomic
def answer_for_event(*, event: Event, by: User) -> None:
    """The event proves that the client went where they were sent: it is the answer.

    Where it is of another course or registration, none was named, or the client had it before, whoever has the case
    says whether it is.
    """
    to, code = PROVED_BY[event.name][0], code_of(event)
    waiting = Introduction.objects.waiting().filter(whose(event), to=to).order_by("pk")
    for sent in waiting.select_for_update(no_key=True, of=("self",)):
        if sent.about and sent.about == code and not was_before(sent, event):
            take(sent, event.pk, by=by, version=None)
        elif event.pk not in {*sent.offered_ids, *same_as(event, sent.declined_ids)}:
            offer(sent, event.pk)


def whose(event: Event) -> Q:
    """Where the event names a person it is theirs alone: another owner's course answers nothing."""
    named = {"enterprise": event.enterprise_id, "person": event.person_id}
    return Q(**{f"case__{name}": pk for name, pk in named.items() if pk})


def code_of(event: Event) -> str:
    """Of which course or registration it is."""
    return str(event.data.get(PROVED_BY[event.name][1], ""))


def same_as(event: Event, ids: list[int]) -> list[int]:
    """The event's own number, if it is one of these or of the same course or registration as one of them; else none."""
    codes = {code_of(one) for one in Event.objects.filter(pk__in=ids)} - {""} if ids else set()
    return [event.pk] if event.pk in ids or code_of(event) in codes else []


def open_again(contact: Contact, *, by: User) -> None:
    """The talk was typed by mistake: what it answered waits again, and keeps its words in case the talk comes back."""
    for sent in told_in(contact).filter(state=IntroductionState.ANSWERED, answering_event_id__isnull=True):
        move(sent, "unanswer", by=by, version=None, audience=AUDIENCE, ended_at=None, ended_by=None)


def answer_again(contact: Contact, *, by: User) -> None:
    """The talk stands again: it answers what nobody answered meanwhile."""
    for sent in told_in(contact).filter(state=IntroductionState.SENT):
        move(sent, "answer", by=by, version=None, audience=AUDIENCE, ended_at=timezone.now(), ended_by=by)


def told_in(contact: Contact) -> Any:
    return Introduction.objects.filter(contact=contact).order_by("pk")


def was_before(sent: Introduction, event: Event) -> bool:
    """A paper of before the client was sent, or one that they had before SMEDA: it came of no referral."""
    on = event.data.get("on")
    is_older = on is not None and dt.date.fromisoformat(on) < timezone.localdate(sent.at)
    return is_older or event.data.get("is_new") is False


def offer(sent: Introduction, event_id: int) -> None:
    """Somebody says within two working days whether it is the answer."""
    sent.offered_ids.append(event_id)
    sent.due_on = min(sent.due_on, first_call_by(timezone.localdate()))
    sent.version += 1
    sent.save(update_fields=["offered_ids", "due_on", "version"])


def take(sent: Introduction, event_id: int, *, by: User, version: int | None) -> Introduction:
    ended: dict[str, Any] = {"ended_at": timezone.now(), "ended_by": by, "answering_event_id": event_id}
    # Of a talk that was taken out nothing is left, once something else answered.
    ended |= {"contact": None, "reason": ""}
    return move(sent, "answer", by=by, version=version, audience=AUDIENCE, **ended)


def hold_offer(sent: Introduction, event_id: int, *, by: User, version: int) -> Introduction:
    """The referral, locked, while nobody has said what came of it and the event waits for a yes or no."""
    hold(sent.case, version=None)
    held = hold(sent, version=version)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state != IntroductionState.SENT:
        raise MoveRefused(held)
    if event_id not in held.offered_ids:
        raise ValidationError(_("Nobody asks whether this is the answer any more."))
    return held


@transaction.atomic
def say_yes(*, sent: Introduction, by: User, version: int, event: int) -> Introduction:
    """What stands in the history is what the client was sent for."""
    return take(hold_offer(sent, event, by=by, version=version), event, by=by, version=None)


@transaction.atomic
def say_no(*, sent: Introduction, by: User, version: int, event: int) -> Introduction:
    """It is something else: nothing is known yet, and nobody asks of that course or registration again."""
    held = hold_offer(sent, event, by=by, version=version)
    alike = [one.pk for one in Event.objects.filter(pk__in=held.offered_ids) if same_as(one, [event])]
    held.offered_ids = [pk for pk in held.offered_ids if pk not in alike]
    held.declined_ids += sorted(alike)
    if not held.offered_ids:
        held.due_on = timezone.localdate(held.at) + STALE_AFTER
    held.version += 1
    held.save(update_fields=["offered_ids", "declined_ids", "due_on", "version"])
    record("casework.introduction_not_answered", target=held, by=by, audience={ADVISORS, MANAGERS})
    return held

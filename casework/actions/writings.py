"""What client and advisor write to each other on the case: written, read, answered, left unanswered, taken back."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import calls
from casework.actions.clocks import first_call_by
from casework.models import Case, Writing
from casework.states import WritingState
from journal.events import ADVISORS, MANAGERS, record
from journal.moves import hold, move
from kit.saving import save
from messaging.outbox import queue

AUDIENCE = {ADVISORS, MANAGERS}
# The event, and the text that tells the client's phone of it.
WROTE = "casework.advisor_wrote"
# So many texts one person writes a day: who has more to say is called.
A_DAY = 20


@transaction.atomic
def write(*, case: Case, by: User, text: str) -> Writing:
    """Keep what the client writes; somebody answers within two working days, also after the case was closed."""
    held = hold(case, version=None)
    if not by.has_perm("casework.write_to_advisor", held):
        raise PermissionDenied("casework.write_to_advisor")
    now = timezone.now()
    refuse_past_the_day(by, now=now)
    due_on = first_call_by(timezone.localdate(now))
    writing = Writing(case=held, text=text, is_clients=True, state=WritingState.WAITING, by=by, at=now, due_on=due_on)
    save(writing)
    record("casework.client_wrote", target=writing, by=by, audience=AUDIENCE, data={"due_on": due_on.isoformat()})
    return writing


def refuse_past_the_day(by: User, *, now: dt.datetime) -> None:
    """What was taken back counts too."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if Writing.objects.filter(by=by, at__gte=midnight).count() >= A_DAY:
        raise ValidationError(
            _("You have written {count} times today. Write again tomorrow, or call the office.").format(count=A_DAY),
            code="too_many",
        )


@transaction.atomic
def answer(*, case: Case, by: User, text: str, seen: int) -> Writing:
    """Write to the client, who is told on the phone that something is there, and never what.

    All that waits, up to the text `seen`, is answered by it; what came later goes on waiting. Where a colleague wrote
    meanwhile it is refused: nobody answers a second time without having read the first.
    """
    held = held_to_answer(case, by=by)
    refuse_behind(held, seen=seen)
    if not held.person.has_page:
        raise ValidationError(_("They cannot sign in, and would never read it. Call them."), code="no_page")
    now = timezone.now()
    writing = Writing(case=held, text=text, is_clients=False, state=WritingState.SENT, by=by, at=now)
    save(writing)
    record(WROTE, target=writing, by=by, audience=AUDIENCE)
    end_waiting(held, "answer", by=by, seen=seen, now=now)
    queue(WROTE, target=writing, by=by)
    return writing


@transaction.atomic
def settle(*, case: Case, by: User, seen: int) -> Case:
    """Say that there is nothing to answer in what waits up to the text `seen`, or that it was answered by word."""
    held = held_to_answer(case, by=by)
    refuse_behind(held, seen=seen)
    if not end_waiting(held, "settle", by=by, seen=seen, now=timezone.now()):
        raise ValidationError(_("Nothing waits for an answer any more."), code="nothing")
    return held


@transaction.atomic
def read(*, case: Case, by: User) -> Case:
    """Open what the other side wrote: from then on it is read, and cannot be taken back."""
    held = hold(case, version=None)
    is_client = by.has_perm("casework.write_to_advisor", held)
    if not is_client and not by.has_perm("casework.answer_writing", held):
        raise PermissionDenied("casework.answer_writing")
    held.writings.unread_by(is_client=is_client).update(read_at=timezone.now(), read_by=by)
    if is_client:
        calls.spare(held, kind=WROTE)
    return held


@transaction.atomic
def take_back(*, writing: Writing, by: User, version: int) -> Writing:
    """Take one's own text back while nobody has read it. It leaves every page; that it was there stays in the history.

    What an answer ended waits again, until the day it waited for before.
    """
    case = hold(writing.case, version=None)
    held = hold(writing, version=version)
    if held.read_at is not None:
        raise ValidationError(_("It was read meanwhile, and cannot be taken back."), code="read")
    back = move(held, "take_back", by=by, version=None, audience=AUDIENCE, ended_at=timezone.now(), ended_by=by)
    if not back.is_clients:
        let_wait_again(case, back, by=by)
        if not case.writings.unread_by(is_client=True).exists():
            calls.spare(case, kind=WROTE)
    return back


def let_wait_again(case: Case, answer: Writing, *, by: User) -> None:
    """What this answer ended: where a later one stands it is the answer, else it waits."""
    ended = case.writings.ended_by(answer)
    later = case.writings.standing().filter(is_clients=False, pk__gt=answer.pk).order_by("pk").first()
    if later:
        ended.update(ended_at=later.at, ended_by=later.by)
        return
    for writing in list(ended.order_by("pk")):
        move(writing, "wait_again", by=by, version=None, audience=AUDIENCE, ended_at=None, ended_by=None)


def held_to_answer(case: Case, *, by: User) -> Case:
    held = hold(case, version=None)
    if not by.has_perm("casework.answer_writing", held):
        raise PermissionDenied("casework.answer_writing")
    return held


def refuse_behind(case: Case, *, seen: int) -> None:
    """A colleague wrote since the page was opened."""
    if case.writings.standing().filter(pk__gt=seen, is_clients=False).exists():
        raise ValidationError(
            _("A colleague wrote to the client meanwhile. Read that first; yours is not sent yet."), code="behind"
        )


def end_waiting(case: Case, verb: str, *, by: User, seen: int, now: dt.datetime) -> int:
    """End what waits up to the text `seen`; whoever answers has read it. How many it was."""
    waiting = case.writings.waiting().filter(pk__lte=seen).order_by("pk")
    waiting.filter(read_at__isnull=True).update(read_at=now, read_by=by)
    for writing in (found := list(waiting)):
        move(writing, verb, by=by, version=None, audience=AUDIENCE, ended_at=now, ended_by=by)
    return len(found)

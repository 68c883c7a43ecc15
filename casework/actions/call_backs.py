"""Contacts about which a manager calls the client: drawn by lot, never called back by whoever had them.

Each that counts in the reports has one chance in twenty, once; of every advisor who logged enough of them in a month
at least one of that month is drawn. No client is called like this more than once in eight weeks.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import lots
from casework.models import CallBack, Contact
from casework.querysets.clocks import ATTEMPTS
from casework.states import CallBackState
from journal.events import MANAGERS
from journal.moves import hold, move
from kit.faults import one_by_one
from kit.saving import save

# Managers' alone: no advisor learns that their client is asked.
AUDIENCE = {MANAGERS}
ONE_IN = 20
REST = dt.timedelta(weeks=8)
# Of whoever logged so many in a month one is drawn in any case.
ENOUGH = 5
Answer = CallBack.Answer


def falls() -> bool:
    return lots.falls(one_in=ONE_IN)


def draw_lots(*, now: dt.datetime, by: User, lot: Callable[[], bool] | None = None) -> int:
    """Draw the lot of every contact that has none yet; how many clients are to be called."""
    waiting = Contact.objects.without_lot(since=now - lots.LOOKS_BACK, until=now).exclude(by=by).order_by("pk")
    draw = partial(draw_lot, now=now, by=by, lot=lot or falls)
    return one_by_one(waiting.select_related("case"), draw, failed="a contact has no lot")


@transaction.atomic
def draw_lot(contact: Contact, *, now: dt.datetime, by: User, lot: Callable[[], bool]) -> bool:
    """Draw for one contact, once: whoever comes second finds that it has its lot.

    A lot that falls on a client who may not be called now, or was lately, is spent: nobody draws it again.
    """
    case = hold(contact.case, version=None)
    if case.call_backs.filter(contact=contact).exists():
        return False
    back = CallBack(case=case, contact=contact, author_id=contact.by_id, logged_at=contact.at)
    save(back)
    if not lot() or not may_be_drawn(back, now=now):
        return False
    draw(back, now=now, by=by)
    return True


def may_be_drawn(back: CallBack, *, now: dt.datetime) -> bool:
    """Whether the client may be called, and was not called like this, nor is to be, in the last weeks."""
    lately = CallBack.objects.filter(case__person=back.case.person_id, drawn_at__gt=now - REST)
    return may_be_called(back) and not lately.exists()


def may_be_called(back: CallBack) -> bool:
    return CallBack.objects.may_be_called().filter(pk=back.pk).exists()


def draw(back: CallBack, *, now: dt.datetime, by: User) -> CallBack:
    return lots.draw(back, now=now, by=by, audience=AUDIENCE)


def keep_promise(*, now: dt.datetime, by: User) -> int:
    """Of everybody who logged enough last month, and of whose contacts none was drawn, draw one; how many."""
    return lots.keep_promise(
        CallBack.objects.of_standing(),
        now=now,
        draw=partial(draw, now=now, by=by),
        may=partial(may_be_drawn, now=now),
        enough=ENOUGH,
        failed="an advisor's contacts of the month have none that is asked about",
    )


def end_unwelcome(*, by: User) -> int:
    """End those whose client may not be called any more; how many."""
    waiting = CallBack.objects.drawn()
    over = waiting.exclude(pk__in=waiting.may_be_called().values("pk")).order_by("pk")
    return one_by_one(over, partial(end, by=by), failed="a call-back cannot be ended")


@transaction.atomic
def end(back: CallBack, *, by: User) -> int:
    move(back, "end", by=by, version=None, audience=AUDIENCE)
    return 1


def end_for_contact(contact: Contact) -> None:
    """The contact was taken out: nobody asks about it, and no manager sees it waiting."""
    for back in CallBack.objects.drawn().filter(contact=contact):
        end(back, by=User.objects.system())


def draw_again_for_contact(contact: Contact, *, now: dt.datetime) -> None:
    """It stands again, and is asked about again: taking out and putting back frees nobody of it."""
    for back in CallBack.objects.filter(contact=contact, state=CallBackState.ENDED):
        system, due_on = User.objects.system(), lots.due_by(now)
        move(back, "draw_again", by=system, version=None, audience=AUDIENCE, due_on=due_on)


@transaction.atomic
def try_in_vain(*, back: CallBack, by: User, version: int) -> CallBack:
    """Nobody was reached. After three tries, not all of one day, it ends as not reached."""
    held, now = hold_to_call(back, version=version), timezone.now()
    tried_on = [*held.tried_on, timezone.localdate(now)]
    if len(tried_on) < ATTEMPTS or len(set(tried_on)) == 1:
        return move(held, "try", by=by, version=version, audience=AUDIENCE, tried_on=tried_on)
    ended: dict[str, Any] = {"tried_on": tried_on, "called_by": by, "called_at": now}
    return move(held, "give_up", by=by, version=version, audience=AUDIENCE, **ended)


@transaction.atomic
def reach(
    *, back: CallBack, by: User, version: int, took_place: str, is_as_agreed: str, is_content: str, words: str
) -> CallBack:
    """Write down what the client says. Where it did not take place, the programme's manager decides what follows.

    Nothing is taken out of anything by it: a person decides.
    """
    held, now = hold_to_call(back, version=version), timezone.now()
    is_denied = took_place == Answer.NO
    if not is_denied and not is_as_agreed:
        raise ValidationError({"is_as_agreed": _("Choose one of these.")})
    said: dict[str, Any] = {
        "called_by": by,
        "called_at": now,
        "took_place": took_place,
        "is_as_agreed": "" if is_denied else is_as_agreed,
        "is_content": is_content,
        "words": words,
    }
    if is_denied:
        said["due_on"] = lots.due_by(now)
    return move(held, "hear_no" if is_denied else "reach", by=by, version=version, audience=AUDIENCE, **said)


def hold_to_call(back: CallBack, *, version: int) -> CallBack:
    """The row, held; refused where the client took the permission back meanwhile, or their case ended so."""
    hold(back.case, version=None)
    held = hold(back, version=version)
    if not may_be_called(held):
        raise ValidationError(_("Nobody may call this client any more."), code="silent")
    return held


@transaction.atomic
def settle(*, back: CallBack, by: User, version: int, decision: str) -> CallBack:
    """What came of it that the client says no; by the programme's manager."""
    hold(back.case, version=None)
    said: dict[str, Any] = {"settled_by": by, "settled_at": timezone.now(), "decision": decision}
    return move(back, "settle", by=by, version=version, audience=AUDIENCE, **said)

"""Delivery: claim, begin, check again, send, finish. A worker may be killed between any two of these."""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone, translation

from kit.faults import describe
from messaging import gateway, kinds
from messaging.actions.queueing import CODE, dedup_key
from messaging.models import Message
from messaging.quiet import is_quiet, morning_of, next_morning
from messaging.sealing import Unreadable, unseal
from messaging.texts import in_order, parts

BATCH = 20
LONGEST_PAUSE = 2 * 60 * 60
PROMPT_FOR = timedelta(hours=1)  # so long an answer still belongs to the act that it answers

logger = logging.getLogger(__name__)


class NotWanted(Exception):
    """Checked again at sending: this message is no longer to be sent. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotNow(Exception):
    """The phone may not ring at this hour, or nobody is to set out today: the message waits until then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class CallInstead(NotWanted):
    """No text may go to this phone: a person calls."""

    def __init__(self, kind: kinds.Kind, target: Any, person_id: int | None) -> None:
        super().__init__("call_instead")
        self.about = (kind, target, person_id)


@dataclass(frozen=True)
class Letter:
    """What goes to the gateway, for the moment of sending only."""

    phone: str
    language: str
    text: str
    person_id: int | None


def drain(now: datetime, *, seconds: float = 50.0) -> Counter[str]:
    """Deliver batch after batch until nothing is due, the gateway is out of reach or the time is up."""
    clock, outcomes = moving_on_from(now), Counter[str]()
    while clock() < now + timedelta(seconds=seconds):
        batch = deliver_due(clock())
        outcomes += batch
        if batch.total() < BATCH or batch["unreachable"]:
            break
    return outcomes


def deliver_due(now: datetime, *, limit: int = BATCH, should_stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Deliver one batch of what is due; return how many messages had which outcome.

    Any number of workers may do this at once. When `should_stop` turns true, or the gateway cannot be reached, the
    rest of the batch goes back untouched.
    """
    outcomes = Counter[str]()
    if not settings.MESSAGE_GATEWAY_URL:
        return outcomes
    clock = moving_on_from(now)
    tidy(now)
    messages = claim(now, limit)
    for place, message in enumerate(messages):
        if should_stop() or outcomes["unreachable"]:
            give_back(messages[place:])
            break
        outcomes[deliver(message, clock)] += 1
    if outcomes:
        logger.info("delivered", extra={"outcomes": dict(outcomes)})
    return outcomes


@transaction.atomic(durable=True)
def tidy(now: datetime) -> None:
    """Take back what dead workers held, and drop what expired unsent."""
    Message.objects.expired(now=now).change("drop", last_error="expired")
    lapsed = Message.objects.lapsed(now=now).select_for_update(skip_locked=True)
    for message in lapsed.order_by("lease_until")[:500]:
        verb, changes = fate_of_lapsed(message, now=now)
        Message.objects.filter(pk=message.pk).change(verb, **changes)
        if verb == "give_up":
            ask_instead(message)
        logger.warning("lease ran out", extra={"message_id": message.pk, "kind": message.kind, "change": verb})


def fate_of_lapsed(message: Message, *, now: datetime) -> tuple[str, dict[str, Any]]:
    """What becomes of a message whose worker vanished. One that was only claimed, not begun, is innocent."""
    if message.begun_at is None:
        return "put_back", {}
    if not settings.MESSAGE_GATEWAY_IDEMPOTENT:
        return "doubt", {"last_error": "worker_lost"}
    if message.attempts >= settings.MESSAGE_ATTEMPTS:
        return "give_up", {"last_error": "worker_lost"}
    # To the back of the queue: if it was this one that killed the worker, it must not hold up the others.
    return "put_back", {"due_at": now, "last_error": "worker_lost"}


@transaction.atomic(durable=True)
def claim(now: datetime, limit: int) -> list[Message]:
    """Lease what is due, urgent messages first. Committed before anything is sent: nobody else takes them now."""
    until = now + timedelta(seconds=settings.MESSAGE_LEASE_SECONDS)
    messages = Message.objects.claim(now=now, until=until, urgent=True, limit=limit)
    if len(messages) < limit:
        messages += Message.objects.claim(now=now, until=until, urgent=False, limit=limit - len(messages))
    return messages


def deliver(message: Message, clock: Callable[[], datetime]) -> str:
    """Deliver one claimed message; return the outcome."""
    now = clock()
    if must_wait(message, now):
        return change(message, "put_back", "held", due_at=next_morning(now))
    if not begin(message, now):
        return "lost"
    try:
        letter = write(message, now=now)
        gateway_id = gateway.current().send(phone=letter.phone, text=letter.text, key=message.dedup_key)
    except Exception as error:  # noqa: BLE001 - one poisonous message must not stop the rest
        return cope(message, error, now=clock())
    return finish(message, letter, gateway_id=gateway_id, at=clock())


def finish(message: Message, letter: Letter, *, gateway_id: str, at: datetime) -> str:
    """It arrived: whoever was to call because an earlier one did not needs to no longer, both or neither."""
    facts = {
        "sent_at": at,
        "gateway_id": gateway_id,
        "language": letter.language,
        "person_id": letter.person_id,
        "parts": parts(letter.text),
        "last_error": "",
    }
    kind = kinds.missed(message.kind)
    if kind is None:
        return change(message, "finish", "sent", **facts)
    with transaction.atomic(durable=True):
        outcome = change(message, "finish", "sent", **facts)
        if outcome == "sent":
            kinds.tell_arrived(kind, letter.person_id)
        return outcome


def must_wait(message: Message, now: datetime) -> bool:
    """Whether nobody's phone should ring for this before the morning: the one rule of quiet hours.

    An answer to an act goes with the act. One that an outage held back is news no longer: it waits like the rest.
    """
    if message.is_urgent or not is_quiet(now):
        return False
    return not (kinds.is_prompt(message.kind) and now - message.queued_at < PROMPT_FOR)


def cope(message: Message, error: Exception, *, now: datetime) -> str:
    """What follows when a message was not sent; return the outcome."""
    if isinstance(error, CallInstead):
        return hand_over(message, error)
    if isinstance(error, NotWanted):
        return change(message, "drop", "dropped", last_error=error.code)
    if isinstance(error, NotNow | gateway.Unreachable):
        # The hour, or the gateway's trouble, is not the message's: neither may use up its attempts.
        later = {"due_at": error.until} if isinstance(error, NotNow) else {}
        return change(message, "put_back", "held" if later else "unreachable", attempts=F("attempts") - 1, **later)
    if isinstance(error, gateway.GatewayError):
        if error.may_have_arrived and not settings.MESSAGE_GATEWAY_IDEMPOTENT:
            return change(message, "doubt", "ambiguous", last_error=error.code)
        return failed(message, error.code, now=now, heals=error.heals, wait=error.retry_after)
    if not connection.is_usable():
        raise error
    logger.error("writing failed", extra={"message_id": message.pk, "kind": message.kind, **describe(error)})
    heals = not isinstance(error, Unreadable)
    return failed(message, f"raised_{type(error).__name__}", now=now, heals=heals)


@transaction.atomic(durable=True)
def hand_over(message: Message, wanted: CallInstead) -> str:
    """Drop the message and write down the call that takes its place, both or neither."""
    outcome = change(message, "drop", "call", last_error=wanted.code)
    if outcome == "call":
        kinds.ask_to_call(*wanted.about)
    return outcome


@transaction.atomic(durable=True)
def begin(message: Message, now: datetime) -> bool:
    """Count the attempt and renew the lease, committed before sending; False if the lease is no longer ours."""
    until = now + timedelta(seconds=settings.MESSAGE_LEASE_SECONDS)
    mine = Message.objects.held(message).update(attempts=F("attempts") + 1, begun_at=now, lease_until=until)
    message.attempts += mine
    return bool(mine)


def write(message: Message, *, now: datetime) -> Letter:
    """Check again whether it is to be sent, and to whom, and put it into words. Raises `NotWanted`."""
    if message.expires_at and message.expires_at <= now:
        raise NotWanted("expired")
    if message.kind == CODE:
        return unsealed(message)
    kind = kinds.get(message.kind)
    target = target_of(message)
    if target is None:
        raise NotWanted("target_gone")
    if kind.occasion and dedup_key(kind.name, target, kind.occasion(target)) != message.dedup_key:
        raise NotWanted("occasion_passed")
    if not kind.still_due(target):
        raise NotWanted("not_due")
    recipient = kind.recipient(target)
    if recipient is None or not recipient.phone:
        raise NotWanted("no_recipient")
    if recipient.is_called:
        raise CallInstead(kind, target, recipient.person_id) if kind.call else NotWanted("not_their_phone")
    if later := waits_until(kind, target, recipient, now=now):
        raise NotNow(later)
    put = kind.discreet if recipient.is_discreet else kind.render
    with translation.override(recipient.language):
        text = put(target, recipient.language)
    return Letter(recipient.phone, recipient.language, in_order(text), recipient.person_id)


def waits_until(kind: kinds.Kind, target: Any, recipient: kinds.Recipient, *, now: datetime) -> datetime | None:
    """When it may go, if not now: the area is shut, or these are not the phone's safe hours. Then it is asked again."""
    day = kind.closed_until(target, timezone.localdate(now)) if kind.closed_until else None
    if day is not None:
        return morning_of(day)
    if recipient.hours and not recipient.hours.include(now):
        return recipient.hours.next_begin(now)
    return None


def unsealed(message: Message) -> Letter:
    """The one-time code as it was queued."""
    secret = unseal(message.secret)
    return Letter(secret["phone"], message.language, in_order(secret["text"]), message.person_id)


def failed(message: Message, code: str, *, now: datetime, heals: bool, wait: float | None = None) -> str:
    """Put the message back for later if time can heal it, else give it up: then a person has to call."""
    about = {"message_id": message.pk, "kind": message.kind, "attempts": message.attempts, "code": code}
    logger.warning("delivery failed", extra=about)
    if not heals or message.attempts >= settings.MESSAGE_ATTEMPTS:
        return give_up(message, code)
    due_at = now + max(pause(message.attempts), timedelta(seconds=min(wait or 0, LONGEST_PAUSE)))
    return change(message, "put_back", "retried", due_at=due_at, last_error=code[:60])


@transaction.atomic(durable=True)
def give_up(message: Message, code: str) -> str:
    """Give the message up and write down the call that takes its place, both or neither."""
    outcome = change(message, "give_up", "dead", last_error=code[:60])
    if outcome == "dead":
        ask_instead(message)
    return outcome


def ask_instead(message: Message) -> None:
    """A person calls about what was given up, where it matters. A one-time code is asked for anew."""
    kind = kinds.missed(message.kind)
    target = target_of(message) if kind else None
    if kind is not None and target is not None:
        kinds.ask_to_call(kind, target, getattr(target, "person_id", None), is_lost=True)


def target_of(message: Message) -> Any:
    """What the message is about, or None where it is gone."""
    return apps.get_model(message.target_label)._default_manager.filter(pk=message.target_id).first()


def pause(attempts: int) -> timedelta:
    """4 seconds, 16, a minute, ... two hours; shaken, so that what failed together does not return together."""
    seconds = min(settings.MESSAGE_FIRST_RETRY_SECONDS * 4 ** (attempts - 1), LONGEST_PAUSE)
    return timedelta(seconds=seconds * random.uniform(0.5, 1.5))  # noqa: S311 - nothing hangs on guessing it


def change(message: Message, verb: str, outcome: str, **fields: Any) -> str:
    """Make the change if the lease is still ours, so that a worker thought dead cannot overrule its successor."""
    if Message.objects.held(message).change(verb, **fields):
        return outcome
    logger.warning("lease lost", extra={"message_id": message.pk, "kind": message.kind, "outcome": outcome})
    return "lost"


def give_back(messages: Sequence[Message]) -> None:
    """Return what was claimed and not begun, for the next worker to take at once."""
    held = Message.objects.filter(
        pk__in=[message.pk for message in messages], token__in={message.token for message in messages}
    )
    held.change("put_back")


def moving_on_from(now: datetime) -> Callable[[], datetime]:
    """A clock that starts at `now`: a batch takes its time, and leases count from when they are taken."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)

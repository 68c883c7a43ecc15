"""What delivery does with phones on which others read: the discreet text, safe hours, a call instead (R12)."""

import datetime as dt

import pytest

from messaging import discreet, outbox
from messaging.kinds import Recipient
from messaging.models import Message
from messaging.quiet import Hours
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import NIGHT, NOON, hello

pytestmark = pytest.mark.django_db
PHONE = "+923000001234"


@pytest.fixture
def calls():
    return []


@pytest.fixture
def queued(install, calls):
    """A function: one message to a recipient of these facts, of a kind with these changes."""

    def queue(*, call="", about=None, **facts):
        user = EntrepreneurUserFactory(phone=PHONE)
        kind = hello(recipient=lambda user: Recipient(user.phone, "en", 5, **facts), call=call, **about or {})
        install([kind], caller=lambda *asked: calls.append(asked))
        outbox.queue("test.hello", target=user, due_at=NOON)
        return Message.objects.get()

    return queue


def state_of(message):
    message.refresh_from_db()
    return message.state, message.attempts, message.last_error


def test_where_others_read_the_discreet_text_goes(fake, queued):
    queued(is_discreet=True)

    outbox.deliver_due(NOON)

    assert fake.store.newest()[0]["text"] == discreet.say(None, "en")


def test_a_kind_has_a_discreet_text_of_its_own(fake, queued):
    queued(is_discreet=True, about={"discreet": lambda _user, _language: "A class for you"})

    outbox.deliver_due(NOON)

    assert fake.store.newest()[0]["text"] == "A class for you"


def test_outside_safe_hours_it_waits_until_they_begin(fake, queued):
    message = queued(hours=Hours(dt.time(14), dt.time(16)))

    held = outbox.deliver_due(NOON)
    waiting = state_of(message)
    sent = outbox.deliver_due(NOON + dt.timedelta(hours=2))

    assert (held, waiting, sent) == ({"held": 1}, ("waiting", 0, ""), {"sent": 1})
    assert message.due_at == NOON + dt.timedelta(hours=2)


def test_without_the_hold_it_would_go_at_once(fake, queued):
    """The failing control: the same message without safe hours."""
    queued()

    with pytest.raises(AssertionError):
        assert outbox.deliver_due(NOON) == {"held": 1}


def test_a_code_does_not_wait_for_safe_hours(fake):
    outbox.queue_code(phone=PHONE, text="123456", language="en", expires_at=NIGHT + dt.timedelta(minutes=10))
    Message.objects.update(due_at=NIGHT)

    assert outbox.deliver_due(NIGHT) == {"sent": 1}


def test_to_a_phone_of_strangers_nothing_goes_and_a_person_calls(fake, queued, calls):
    message = queued(is_called=True, call="the next instalment")

    outcomes = outbox.deliver_due(NOON)

    assert (outcomes, state_of(message), fake.store.newest()) == ({"call": 1}, ("dropped", 1, "call_instead"), [])
    assert [(kind.name, target.phone, person_id) for kind, target, person_id in calls] == [("test.hello", PHONE, 5)]


def test_what_matters_little_is_dropped(fake, queued, calls):
    message = queued(is_called=True)

    outbox.deliver_due(NOON)

    assert (state_of(message), calls) == (("dropped", 1, "not_their_phone"), [])


def test_the_call_and_the_drop_stand_or_fall_together(fake, queued, install, monkeypatch):
    message = queued(is_called=True, call="the next instalment")
    monkeypatch.setattr("messaging.kinds._callers", [lambda *_asked: 1 / 0])

    with pytest.raises(ZeroDivisionError):
        outbox.deliver_due(NOON)

    assert state_of(message)[0] == "leased"


def test_a_worker_thought_dead_asks_nobody_to_call(fake, queued, calls, monkeypatch):
    queued(is_called=True, call="the next instalment")
    monkeypatch.setattr("messaging.actions.delivery.change", lambda *_args, **_fields: "lost")

    assert (outbox.deliver_due(NOON), calls) == ({"lost": 1}, [])

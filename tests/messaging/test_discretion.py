"""What delivery does with phones on which others read: the discreet text, safe hours, a call instead (R12)."""

import datetime as dt
import uuid

import pytest

from messaging import discreet, outbox
from messaging.actions import delivery
from messaging.gateway import Rejected
from messaging.kinds import Recipient
from messaging.models import Message
from messaging.quiet import Hours
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import NIGHT, NOON, hello

pytestmark = pytest.mark.django_db
PHONE = "+923000001234"


class Caller:
    """Writes down what it is asked."""

    def __init__(self, calls):
        self.calls = calls

    def ask(self, kind, target, person_id, *, is_lost=False):
        self.calls.append((kind, target, person_id, is_lost))

    def arrived(self, kind, person_id):
        self.calls.append(("arrived", kind.name, person_id))


@pytest.fixture
def calls():
    return []


@pytest.fixture
def queued(install, calls):
    """A function: one message to a recipient of these facts, of a kind with these changes."""

    def queue(*, call="", about=None, **facts):
        user = EntrepreneurUserFactory(phone=PHONE)
        plain = {"recipient": lambda user: Recipient(user.phone, "en", 5, **facts), "call": call}
        kind = hello(**plain | (about or {}))
        install([kind], caller=Caller(calls))
        outbox.queue("test.hello", target=user, due_at=NOON)
        return Message.objects.get()

    return queue


def asked_in(calls):
    return [(kind.name, target.phone, person_id, is_lost) for kind, target, person_id, is_lost in calls]


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
    assert asked_in(calls) == [("test.hello", PHONE, 5, False)]


def test_what_matters_little_is_dropped(fake, queued, calls):
    message = queued(is_called=True)

    outbox.deliver_due(NOON)

    assert (state_of(message), calls) == (("dropped", 1, "not_their_phone"), [])


def test_the_call_and_the_drop_stand_or_fall_together(fake, queued, install, monkeypatch):
    message = queued(is_called=True, call="the next instalment")
    monkeypatch.setattr(Caller, "ask", lambda *_asked, **_why: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        outbox.deliver_due(NOON)

    assert state_of(message)[0] == "leased"


def test_a_worker_thought_dead_asks_nobody_to_call(fake, queued, calls, monkeypatch):
    queued(is_called=True, call="the next instalment")
    monkeypatch.setattr("messaging.actions.delivery.change", lambda *_args, **_fields: "lost")

    assert (outbox.deliver_due(NOON), calls) == ({"lost": 1}, [])


def given_up(queued, monkeypatch, **about):
    """One message that the gateway takes none of, in one attempt."""
    message = queued(about=about)
    monkeypatch.setattr("messaging.gateway.Gateway.send", refuse)
    outcomes = outbox.deliver_due(NOON)
    return message, outcomes


def refuse(self, **letter):
    raise Rejected(400)


@pytest.mark.parametrize("about", [{"call": "the next instalment"}, {"lost": "money that was received"}])
def test_about_what_was_given_up_a_person_calls(fake, queued, calls, monkeypatch, about):
    message, outcomes = given_up(queued, monkeypatch, **about)

    assert (outcomes, state_of(message)) == ({"dead": 1}, ("dead", 1, "rejected_400"))
    assert asked_in(calls) == [("test.hello", PHONE, None, True)]


def test_about_what_matters_little_nobody_calls(fake, queued, calls, monkeypatch):
    message, _outcomes = given_up(queued, monkeypatch)

    assert (state_of(message)[0], calls) == ("dead", [])


def test_about_a_code_nobody_calls(fake, calls, install, monkeypatch):
    install([], caller=Caller(calls))
    outbox.queue_code(phone=PHONE, text="123456", language="en", expires_at=NIGHT + dt.timedelta(minutes=10))
    Message.objects.update(due_at=NOON)
    monkeypatch.setattr("messaging.gateway.Gateway.send", refuse)

    assert (outbox.deliver_due(NOON), calls) == ({"dead": 1}, [])


def test_what_is_gone_needs_no_call(fake, queued, calls, monkeypatch):
    message = queued(about={"lost": "money that was received"})
    EntrepreneurUserFactory._meta.model.objects.filter(pk=message.target_id).delete()
    delivery.ask_instead(message)

    assert calls == []


def test_giving_up_and_the_call_stand_or_fall_together(fake, queued, install, monkeypatch):
    monkeypatch.setattr(Caller, "ask", lambda *_asked, **_why: 1 / 0)
    message = queued(about={"lost": "money that was received"})
    monkeypatch.setattr("messaging.gateway.Gateway.send", refuse)

    with pytest.raises(ZeroDivisionError):
        outbox.deliver_due(NOON)

    assert state_of(message)[0] == "leased"


def test_a_worker_that_is_lost_again_and_again_leaves_a_call(fake, queued, calls, settings):
    """The message kills whoever sends it: given up by the next who tidies."""
    message = queued(about={"lost": "money that was received"})
    Message.objects.update(
        state="leased",
        token=uuid.uuid4(),
        attempts=settings.MESSAGE_ATTEMPTS,
        begun_at=NOON,
        lease_until=NOON - dt.timedelta(minutes=1),
    )

    outbox.deliver_due(NOON)

    assert (state_of(message)[0], asked_in(calls)) == ("dead", [("test.hello", PHONE, None, True)])


def test_what_arrives_later_is_told_to_whoever_was_to_call(fake, queued, calls):
    queued(about={"lost": "money that was received"})

    outbox.deliver_due(NOON)

    assert calls == [("arrived", "test.hello", 5)]


def test_of_what_matters_little_nobody_is_told(fake, queued, calls):
    queued()

    outbox.deliver_due(NOON)

    assert calls == []


def test_a_worker_thought_dead_tells_of_no_arrival(fake, queued, calls, monkeypatch):
    queued(about={"lost": "money that was received"})
    monkeypatch.setattr("messaging.actions.delivery.change", lambda *_args, **_fields: "lost")

    assert (outbox.deliver_due(NOON), calls) == ({"lost": 1}, [])


def test_a_worker_thought_dead_gives_nothing_up(fake, queued, calls, monkeypatch):
    queued(about={"lost": "money that was received"})
    monkeypatch.setattr("messaging.gateway.Gateway.send", refuse)
    monkeypatch.setattr("messaging.actions.delivery.change", lambda *_args, **_fields: "lost")

    assert (outbox.deliver_due(NOON), calls) == ({"lost": 1}, [])

import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from messaging import outbox
from messaging.actions import delivery
from messaging.kinds import Recipient
from messaging.models import Message
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import MORNING, NIGHT, NOON, LeasedFactory, MessageFactory, hello

pytestmark = pytest.mark.django_db

PHONE = "+923000001234"


@pytest.fixture
def user():
    return EntrepreneurUserFactory(phone=PHONE)


@pytest.fixture
def queued(install, user):
    """A function: one message of a kind made from `hello(**changes)`, due at noon."""

    def queue(**changes):
        install([hello(**changes)])
        outbox.queue("test.hello", target=user, due_at=NOON)
        return Message.objects.get()

    return queue


def state_of(message):
    message.refresh_from_db()
    return (message.state, message.attempts, message.last_error)


def test_a_due_message_is_sent_and_finished(fake, queued, user):
    message = queued()

    outcomes = outbox.deliver_due(NOON)

    (received,) = fake.store.newest()
    assert outcomes == {"sent": 1}
    assert (received["phone"], received["text"], received["key"]) == (PHONE, f"Hello {user.pk}", message.dedup_key)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.language, message.parts, message.gateway_id) == (
        "sent",
        1,
        "en",
        1,
        str(received["id"]),
    )
    assert timedelta() <= message.sent_at - NOON < timedelta(seconds=30)


def test_a_message_is_sent_once(fake, queued):
    queued()

    outcomes = [outbox.deliver_due(NOON), outbox.deliver_due(NOON)]

    assert (outcomes, len(fake.store.newest())) == ([{"sent": 1}, {}], 1)


def test_what_is_not_due_yet_waits(fake, queued):
    message = queued()

    outcomes = outbox.deliver_due(NOON - timedelta(seconds=1))

    assert (outcomes, state_of(message)) == ({}, ("waiting", 0, ""))


def test_it_is_written_in_the_persons_language(fake, queued):
    seen = []
    queued(
        recipient=lambda user: Recipient(user.phone, "ur", person_id=5),
        render=lambda _user, language: seen.append((language, translation.get_language())) or "آپ کی قسط",
    )

    outbox.deliver_due(NOON)

    sent = Message.objects.values_list("language", "person_id", "parts").get()
    assert (seen, fake.store.newest()[0]["text"], sent) == ([("ur", "ur")], "آپ کی قسط", ("ur", 5, 1))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"still_due": lambda _user: False}, "not_due"),
        ({"recipient": lambda _user: None}, "no_recipient"),
        ({"recipient": lambda _user: Recipient("", "en")}, "no_recipient"),
    ],
)
def test_what_is_no_longer_wanted_is_dropped_at_sending(fake, queued, changes, reason):
    message = queued(**changes)

    outcomes = outbox.deliver_due(NOON)

    assert (outcomes, state_of(message), fake.store.newest()) == ({"dropped": 1}, ("dropped", 1, reason), [])


def test_a_message_about_what_is_gone_is_dropped(fake, queued, user):
    message = queued()
    user.delete()

    outbox.deliver_due(NOON)

    assert state_of(message) == ("dropped", 1, "target_gone")


def test_a_message_whose_occasion_has_passed_is_dropped(fake, queued):
    occasions = iter(["2026-12-01", "2027-01-01"])
    message = queued(occasion=lambda _user: next(occasions))

    outbox.deliver_due(NOON)

    assert state_of(message) == ("dropped", 1, "occasion_passed")


def test_a_message_whose_occasion_stands_is_sent(fake, queued):
    message = queued(occasion=lambda _user: "2026-12-01")

    outbox.deliver_due(NOON)

    assert state_of(message) == ("sent", 1, "")


# Quiet hours


def test_what_can_wait_is_put_back_to_the_morning(fake, queued):
    message = queued()

    at_night = outbox.deliver_due(NIGHT)

    assert (at_night, state_of(message), message.due_at) == ({"held": 1}, ("waiting", 0, ""), MORNING)
    assert outbox.deliver_due(MORNING) == {"sent": 1}


def test_what_is_urgent_is_sent_at_night(fake, queued):
    queued(urgent=True)

    assert outbox.deliver_due(NIGHT) == {"sent": 1}


# Order and leases


@pytest.mark.parametrize(
    ("is_prompt", "after", "outcome"),
    [
        (True, timedelta(), "sent"),
        (True, timedelta(minutes=59), "sent"),
        (True, timedelta(hours=1), "held"),
        (False, timedelta(), "held"),  # the failing control: a reminder of the same minute
    ],
)
def test_an_answer_to_an_act_of_this_hour_is_sent_at_night(fake, queued, is_prompt, after, outcome):
    """R19: whoever registers, pays or is answered in the evening is told then; reminders wait."""
    message = queued(is_prompt=is_prompt)
    Message.objects.filter(pk=message.pk).update(queued_at=NIGHT - after)

    assert outbox.deliver_due(NIGHT) == {outcome: 1}


def test_an_unknown_kind_waits_for_the_morning(fake, install):
    install([])
    MessageFactory(kind="test.gone")

    assert outbox.deliver_due(NIGHT) == {"held": 1}


def test_urgent_messages_go_first_then_the_longest_due(fake, install):
    install([hello(), hello(name="test.urgent", urgent=True)])
    users = EntrepreneurUserFactory.create_batch(3, phone=PHONE)
    outbox.queue("test.hello", target=users[0], due_at=NOON)
    outbox.queue("test.hello", target=users[1], due_at=NOON - timedelta(hours=1))
    outbox.queue("test.urgent", target=users[2], due_at=NOON)

    outbox.deliver_due(NOON)

    sent = [row["text"] for row in reversed(fake.store.newest())]
    assert sent == [f"Hello {users[place].pk}" for place in (2, 1, 0)]


def test_claim_takes_no_more_than_it_was_told():
    MessageFactory.create_batch(2, is_urgent=True)
    MessageFactory.create_batch(3)

    claimed = [len(outbox.claim(NOON, 4)), len(outbox.claim(NOON, 4)), len(outbox.claim(NOON, 4))]

    assert claimed == [4, 1, 0]


def test_a_claimed_message_has_a_lease_and_a_token_and_no_attempt_yet(settings):
    settings.MESSAGE_LEASE_SECONDS = 20
    MessageFactory()

    (message,) = outbox.claim(NOON, 1)

    stored = Message.objects.get()
    assert (stored.state, stored.lease_until, stored.attempts) == ("leased", NOON + timedelta(seconds=20), 0)
    assert stored.token == message.token


def test_a_worker_thought_dead_cannot_finish_over_its_successor():
    MessageFactory()
    (slow,) = outbox.claim(NOON, 1)
    delivery.begin(slow, NOON)
    later = NOON + timedelta(minutes=5)
    delivery.tidy(later)
    (successor,) = outbox.claim(later, 1)

    outcomes = [
        delivery.change(slow, "finish", "sent", sent_at=later),
        delivery.change(successor, "finish", "sent", sent_at=later),
    ]

    assert outcomes == ["lost", "sent"]


def test_a_worker_thought_dead_does_not_begin(fake, queued):
    message = queued()
    (slow,) = outbox.claim(NOON, 1)
    delivery.tidy(NOON + timedelta(minutes=5))

    outcome = delivery.deliver(slow, lambda: NOON)

    assert (outcome, state_of(message), fake.store.newest()) == ("lost", ("waiting", 0, ""), [])


def test_beginning_renews_the_lease(settings):
    settings.MESSAGE_LEASE_SECONDS = 20
    MessageFactory()
    (message,) = outbox.claim(NOON, 1)

    delivery.begin(message, NOON + timedelta(seconds=15))

    assert Message.objects.get().lease_until == NOON + timedelta(seconds=35)


def test_a_stopping_worker_gives_back_what_it_has_not_begun(fake, install):
    install([hello()])
    for user in EntrepreneurUserFactory.create_batch(3, phone=PHONE):
        outbox.queue("test.hello", target=user, due_at=NOON)
    stopping = iter([False, True])

    outcomes = outbox.deliver_due(NOON, should_stop=lambda: next(stopping))

    left = list(Message.objects.open().values_list("state", "attempts", "due_at"))
    assert (outcomes, left) == ({"sent": 1}, [("waiting", 0, NOON)] * 2)


# Workers that die


@pytest.mark.parametrize("attempts", [0, 7])
def test_a_message_whose_worker_died_before_beginning_is_innocent(attempts):
    message = LeasedFactory(lease_until=NOON - timedelta(seconds=1), attempts=attempts)

    delivery.tidy(NOON)

    assert (state_of(message), message.due_at) == (("waiting", attempts, ""), NOON)


def test_a_message_that_was_begun_goes_to_the_back_of_the_queue():
    earlier = NOON - timedelta(hours=1)
    message = LeasedFactory(lease_until=NOON - timedelta(seconds=1), due_at=earlier, attempts=1, begun_at=earlier)

    delivery.tidy(NOON)

    assert (state_of(message), message.due_at) == (("waiting", 1, "worker_lost"), NOON)


@pytest.mark.parametrize(("attempts", "state"), [(7, "waiting"), (8, "dead")])
def test_a_message_that_keeps_killing_its_worker_is_given_up(attempts, state):
    message = LeasedFactory(lease_until=NOON - timedelta(seconds=1), attempts=attempts, begun_at=NOON)

    delivery.tidy(NOON)

    assert state_of(message) == (state, attempts, "worker_lost")


def test_without_idempotency_keys_a_vanished_worker_leaves_a_doubt(settings):
    settings.MESSAGE_GATEWAY_IDEMPOTENT = False
    message = LeasedFactory(lease_until=NOON - timedelta(seconds=1), attempts=1, begun_at=NOON)

    delivery.tidy(NOON)

    assert state_of(message) == ("ambiguous", 1, "worker_lost")


def test_a_lease_that_still_runs_is_left_alone():
    message = LeasedFactory(lease_until=NOON, attempts=1, begun_at=NOON)

    delivery.tidy(NOON)

    assert state_of(message) == ("leased", 1, "")


# Failures


@pytest.mark.parametrize(
    ("status", "outcome", "state", "error"),
    [
        (400, "dead", "dead", "rejected_400"),
        (404, "dead", "dead", "rejected_404"),
        (401, "retried", "waiting", "status_401"),
        (429, "retried", "waiting", "status_429"),
        (500, "retried", "waiting", "status_500"),
        (503, "retried", "waiting", "status_503"),
    ],
)
def test_time_heals_what_it_can_and_a_refusal_is_final(request, status, outcome, state, error):
    fake, message = request.getfixturevalue("fake"), request.getfixturevalue("queued")()
    fake.faults.set({"fail": 1, "status": status})

    outcomes = outbox.deliver_due(NOON)

    assert (outcomes, state_of(message)) == ({outcome: 1}, (state, 1, error))


def test_what_time_healed_is_sent_and_its_error_forgotten(fake, queued):
    message = queued()
    fake.faults.set({"fail": 1})

    outcomes = [outbox.deliver_due(NOON), outbox.deliver_due(NOON), outbox.deliver_due(NOON + timedelta(seconds=10))]

    assert (outcomes, state_of(message)) == ([{"retried": 1}, {}, {"sent": 1}], ("sent", 2, ""))


def test_after_the_limit_it_is_given_up(fake, queued):
    message = queued()
    Message.objects.update(attempts=7)
    fake.faults.set({"fail": 1})

    outcomes = outbox.deliver_due(NOON)

    assert (outcomes, state_of(message)) == ({"dead": 1}, ("dead", 8, "status_500"))


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 4), (2, 16), (3, 64), (4, 256), (5, 1024), (6, 4096), (7, 7200), (8, 7200)]
)
def test_pauses_grow_to_two_hours(no_jitter, attempts, seconds):
    assert delivery.pause(attempts) == timedelta(seconds=seconds)


def test_pauses_are_shaken():
    found = {delivery.pause(1) for _ in range(50)}

    assert len(found) > 1
    assert [min(found) >= timedelta(seconds=2), max(found) <= timedelta(seconds=6)] == [True, True]


@pytest.mark.parametrize(("asked", "waited"), [(60, 60), (1, 4), (10**9, 7200), (None, 4)])
def test_the_gateways_own_wish_counts_within_reason(no_jitter, asked, waited):
    message = LeasedFactory(attempts=1)

    delivery.failed(message, "status_429", now=NOON, heals=True, wait=asked)

    message.refresh_from_db()
    assert message.due_at == NOON + timedelta(seconds=waited)


def test_an_answer_that_is_lost_sends_again_and_doubles_nothing(fake, queued):
    message = queued()
    fake.faults.set({"drop": 1})

    outcomes = [outbox.deliver_due(NOON), outbox.deliver_due(NOON + timedelta(seconds=10))]

    assert (outcomes, state_of(message)) == ([{"retried": 1}, {"sent": 1}], ("sent", 2, ""))
    assert [row["repeats"] for row in fake.store.newest()] == [1]


def test_without_idempotency_keys_a_lost_answer_leaves_a_doubt(fake, queued, settings):
    settings.MESSAGE_GATEWAY_IDEMPOTENT = False
    message = queued()
    fake.faults.set({"drop": 1})

    outcomes = [outbox.deliver_due(NOON), outbox.deliver_due(NOON + timedelta(hours=1))]

    assert (outcomes, state_of(message)) == ([{"ambiguous": 1}, {}], ("ambiguous", 1, "connection_lost"))


def test_without_idempotency_keys_a_clear_refusal_leaves_none(fake, queued, settings):
    settings.MESSAGE_GATEWAY_IDEMPOTENT = False
    message = queued()
    fake.faults.set({"fail": 1, "status": 503})

    outbox.deliver_due(NOON)

    assert state_of(message) == ("waiting", 1, "status_503")


def test_an_outage_uses_up_no_attempt_and_stops_the_batch(fake, install, settings):
    install([hello()])
    for user in EntrepreneurUserFactory.create_batch(3, phone=PHONE):
        outbox.queue("test.hello", target=user, due_at=NOON)
    running, settings.MESSAGE_GATEWAY_URL = settings.MESSAGE_GATEWAY_URL, "http://127.0.0.1:1"

    during = [outbox.deliver_due(NOON) for _ in range(20)]
    settings.MESSAGE_GATEWAY_URL = running
    after = outbox.deliver_due(NOON)

    assert (during, after) == ([{"unreachable": 1}] * 20, {"sent": 3})


def test_without_a_gateway_messages_wait(queued, settings):
    settings.MESSAGE_GATEWAY_URL = ""
    message = queued()

    outcomes = outbox.deliver_due(NOON)

    assert (outcomes, state_of(message)) == ({}, ("waiting", 0, ""))


def test_a_faulty_kind_is_tried_again_and_its_words_stay_out_of_the_log(fake, queued, caplog):
    def broken(_user, _language):
        raise ValueError(PHONE)

    message = queued(render=broken)

    outcomes = outbox.deliver_due(NOON)

    assert (outcomes, state_of(message)) == ({"retried": 1}, ("waiting", 1, "raised_ValueError"))
    errors = [(line.msg, line.message_id, line.error) for line in caplog.records if line.levelno == logging.ERROR]
    assert (errors, PHONE in caplog.text) == ([("writing failed", message.pk, "ValueError")], False)


def test_one_faulty_message_does_not_stop_the_rest(fake, install):
    users = EntrepreneurUserFactory.create_batch(3, phone=PHONE)

    def render(user, _language):
        if user == users[0]:
            raise ValueError
        return "Hello"

    install([hello(render=render)])
    for user in users:
        outbox.queue("test.hello", target=user, due_at=NOON)

    assert outbox.deliver_due(NOON) == {"retried": 1, "sent": 2}


def test_a_kind_that_this_release_does_not_know_waits_for_one_that_does(fake, queued, install):
    message = queued()
    install([])

    outbox.deliver_due(NOON)

    assert state_of(message) == ("waiting", 1, "raised_UnknownKind")


def test_a_lost_database_is_not_the_messages_fault(fake, queued, monkeypatch):
    def broken(_user, _language):
        raise ValueError

    queued(render=broken)
    monkeypatch.setattr(connection, "is_usable", lambda: False)

    with pytest.raises(ValueError, match=r"^$"):
        outbox.deliver_due(NOON)


# One-time codes


def code(expires_at):
    outbox.queue_code(phone=PHONE, text="Code 482910", language="ur", expires_at=expires_at)
    return Message.objects.get()


def test_a_code_is_sent_and_wiped(fake):
    now = timezone.now()
    message = code(now + timedelta(minutes=10))

    outbox.deliver_due(timezone.now())

    (received,) = fake.store.newest()
    message.refresh_from_db()
    assert (received["phone"], received["text"]) == (PHONE, "Code 482910")
    assert (message.state, message.secret, message.language) == ("sent", "", "ur")


def test_a_code_that_was_never_sent_expires_and_is_wiped(settings, fake):
    settings.MESSAGE_GATEWAY_URL = fake.url
    now = timezone.now()
    message = code(now + timedelta(minutes=10))

    outcomes = outbox.deliver_due(now + timedelta(minutes=10))

    assert (outcomes, state_of(message), message.secret) == ({}, ("dropped", 0, "expired"), "")
    assert fake.store.newest() == []


def test_a_code_that_expired_in_the_workers_hands_is_not_sent(fake):
    now = timezone.now()
    message = code(now + timedelta(minutes=10))
    (claimed,) = outbox.claim(timezone.now(), 1)

    outcome = delivery.deliver(claimed, lambda: now + timedelta(minutes=11))

    assert (outcome, state_of(message), message.secret) == ("dropped", ("dropped", 1, "expired"), "")
    assert fake.store.newest() == []


def test_a_code_that_is_refused_is_wiped(fake):
    message = code(timezone.now() + timedelta(minutes=10))
    fake.faults.set({"fail": 1, "status": 400})

    outbox.deliver_due(timezone.now())

    assert (state_of(message), message.secret) == (("dead", 1, "rejected_400"), "")


def test_a_code_sealed_under_a_forgotten_key_is_given_up(fake, settings):
    message = code(timezone.now() + timedelta(minutes=10))
    settings.SECRET_KEY = "the next key"

    outbox.deliver_due(timezone.now())

    assert (state_of(message), message.secret) == (("dead", 1, "raised_Unreadable"), "")


# Draining


def test_drain_goes_on_until_nothing_is_due(fake, install):
    install([hello()])
    for user in EntrepreneurUserFactory.create_batch(45, phone=PHONE):
        outbox.queue("test.hello", target=user, due_at=NOON)

    assert outbox.drain(NOON) == {"sent": 45}


def test_drain_stops_when_its_time_is_up(fake, install):
    install([hello()])
    for user in EntrepreneurUserFactory.create_batch(25, phone=PHONE):
        outbox.queue("test.hello", target=user, due_at=NOON)

    assert outbox.drain(NOON, seconds=0) == {}


def test_logs_name_ids_only(fake, queued, caplog):
    caplog.set_level(logging.DEBUG)
    queued()

    outbox.deliver_due(NOON)

    assert [line.outcomes for line in caplog.records if line.msg == "delivered"] == [{"sent": 1}]
    assert [PHONE in str(vars(line)) for line in caplog.records if line.name.startswith("messaging")] == [False]


@pytest.mark.parametrize("count", [1, 3])
def test_delivering_costs_four_statements_a_message(fake, install, django_assert_num_queries, count):
    install([hello()])
    for user in EntrepreneurUserFactory.create_batch(count, phone=PHONE):
        outbox.queue("test.hello", target=user, due_at=NOON)

    # Savepoints stand here for transactions: tidy 4, claim 4; a message: begin 3, target 1, finish 1.
    with django_assert_num_queries(8 + 5 * count):
        outbox.deliver_due(NOON)


def test_a_message_to_a_shut_area_waits_until_it_opens_and_uses_up_no_attempt(fake, queued):
    """Held by the same look at sending that drops what is no longer due."""
    opens = timezone.localdate(NOON) + timedelta(days=3)
    message = queued(closed_until=lambda _user, day: opens if day < opens else None)

    outcomes = outbox.deliver_due(NOON)

    assert (outcomes, state_of(message)) == ({"held": 1}, ("waiting", 0, ""))
    assert (timezone.localdate(message.due_at), timezone.localtime(message.due_at).hour) == (opens, 8)
    assert outbox.deliver_due(message.due_at) == {"sent": 1}
    assert len(fake.store.newest()) == 1


def test_a_message_to_a_shut_area_waits_until_it_opens_control(fake, queued):
    """Without the guard it goes at once: the same look, failing at the same assertion."""
    message = queued(closed_until=None)

    with pytest.raises(AssertionError):
        assert (outbox.deliver_due(NOON), state_of(message)) == ({"held": 1}, ("waiting", 0, ""))


def test_a_message_to_an_open_area_goes_at_once(fake, queued):
    queued(closed_until=lambda _user, _day: None)

    assert outbox.deliver_due(NOON) == {"sent": 1}

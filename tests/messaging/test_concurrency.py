"""Workers that collide on real connections; each guard beside the same body with the guard off."""

import uuid

import pytest

from accounts.models import User
from messaging import outbox, querysets
from messaging.actions import delivery, planning
from messaging.models import Message
from messaging.querysets import MessageQuerySet
from tests.committed import at_once, committed_rows
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import NOON, MessageFactory, hello

pytestmark = pytest.mark.concurrency


@pytest.fixture(autouse=True)
def rows_of_collisions(db):
    with committed_rows():
        yield


def claim_together():
    """Eight workers claim seven at a time until nothing is left."""
    MessageFactory.create_batch(200)

    def work(_worker):
        claimed = []
        while batch := outbox.claim(NOON, 7):
            claimed += [message.pk for message in batch]
        return claimed

    claimed = sorted(pk for worker in at_once(8, work) for pk in worker)

    assert claimed == sorted(Message.objects.values_list("pk", flat=True))


def test_each_message_is_claimed_by_one_worker():
    claim_together()


def test_without_the_lock_two_workers_claim_the_same(monkeypatch):
    monkeypatch.setattr(querysets, "CLAIM", querysets.CLAIM.replace("FOR UPDATE SKIP LOCKED", ""))

    with pytest.raises(AssertionError):
        claim_together()


def plan_together(install):
    """Eight planners find the same hundred targets due."""
    install([hello(due=lambda _now: User.objects.filter(kind="entrepreneur").order_by("pk"))])
    EntrepreneurUserFactory.create_batch(100)

    at_once(8, lambda _planner: outbox.plan(NOON))

    assert Message.objects.count() == 100


def test_planners_together_queue_each_message_once(install):
    plan_together(install)


def test_without_the_unique_key_planners_double_messages(install, monkeypatch):
    def nameless(*arguments, **named):
        message = compose(*arguments, **named)
        message.dedup_key = uuid.uuid4().hex
        return message

    compose = planning.compose
    monkeypatch.setattr(planning, "compose", nameless)

    with pytest.raises(AssertionError):
        plan_together(install)


def queue_together(install):
    """Twenty requests queue the same message."""
    install([hello()])
    user = EntrepreneurUserFactory()

    found = at_once(20, lambda _request: outbox.queue("test.hello", target=user))

    assert (found, Message.objects.count()) == ([None] * 20, 1)


def test_requests_together_queue_one_message(install):
    queue_together(install)


def overtake():
    """A slow worker finishes after another took over; only the second may say what became of the message."""
    message = MessageFactory(due_at=NOON)
    (slow,) = outbox.claim(NOON, 1)
    Message.objects.filter(pk=message.pk).change("put_back")
    (successor,) = outbox.claim(NOON, 1)

    delivery.change(slow, "give_up", "dead", last_error="time_out")
    delivery.change(successor, "finish", "sent", sent_at=NOON)

    assert Message.objects.get().state == "sent"


def test_only_the_holder_of_the_token_finishes():
    overtake()


def test_without_the_token_the_slow_worker_overrules(monkeypatch):
    monkeypatch.setattr(MessageQuerySet, "held", lambda rows, message: rows.filter(pk=message.pk, state="leased"))

    with pytest.raises(AssertionError):
        overtake()

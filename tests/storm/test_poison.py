"""Promise 4: a message that kills its worker is found out and blocks nobody."""

from collections import Counter

import pytest

from messaging import outbox
from messaging.models import Message
from tests.storm.conftest import LEASE, users
from tests.storm.kinds import POISON, QUEUED

pytestmark = pytest.mark.storm


def poison(storm, *, at_most=60):
    """Every fortieth of 200 messages kills its worker, three times; then the others must have come."""
    for place, user in enumerate(users("queued", 200)):
        outbox.queue(POISON if place % 40 == 20 else QUEUED, target=user)
    storm.settle(patience=10 * LEASE, at_most=at_most)

    states = Counter(Message.objects.values_list("kind", "state"))
    assert (states, storm.received().total()) == ({(POISON, "dead"): 5, (QUEUED, "sent"): 195}, 195)


def test_the_poisonous_die_and_the_others_are_sent(storm):
    with storm(MESSAGE_ATTEMPTS="3") as raging:
        poison(raging)

    assert set(Message.objects.dead().values_list("attempts", "last_error")) == {(3, "worker_lost")}


def test_uncounted_attempts_let_the_poison_kill_for_ever(storm):
    with (
        storm(MESSAGE_ATTEMPTS="3", guard_off="begin_without_counting") as raging,
        pytest.raises(AssertionError, match=r"storm\.poison"),
    ):
        poison(raging, at_most=5)

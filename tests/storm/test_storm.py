"""Promise 1: no due message is lost and none sent twice, whatever is killed."""

import time
from datetime import datetime

import pytest

from messaging import outbox
from messaging.models import Message
from tests.storm.conftest import LEASE, users
from tests.storm.kinds import QUEUED

pytestmark = pytest.mark.storm


def weather(storm, *, messages, kills):
    """Half the messages are planned by the pumps, half queued here, blow by blow; then all must have come once."""
    planned, queued = users("planned", messages // 2), users("queued", messages // 2)
    expected = {user.username: 1 for user in [*planned, *queued]}
    while storm.kills["pump"] < kills or queued:
        for user in queued[: messages // 2 // kills]:
            outbox.queue(QUEUED, target=user)
        del queued[: messages // 2 // kills]
        time.sleep(storm.random.uniform(0.05, 0.25))
        storm.strike()
    storm.settle(patience=6 * LEASE, at_most=180)

    received = storm.received()
    lost = len(expected.keys() - received.keys())
    doubled = sum(count - 1 for count in received.values())
    assert (lost, doubled) == (0, 0), f"lost {lost}, doubled {doubled}"


def lateness(storm):
    """Promise 2, in part: how many seconds after they were queued messages came, 99 of 100 and at most."""
    arrived = {str(row["id"]): datetime.fromisoformat(row["at"]) for row in storm.store.newest(limit=10**6)}
    queued = Message.objects.values_list("gateway_id", "queued_at")
    late = sorted((arrived[gateway_id] - queued_at).total_seconds() for gateway_id, queued_at in queued)
    return late[len(late) * 99 // 100], late[-1]


def test_nothing_is_lost_and_nothing_doubled(storm):
    with storm(seed=20261124) as raging:
        weather(raging, messages=1000, kills=15)

    states = set(Message.objects.values_list("state", flat=True))
    repeated = sum(row["repeats"] for row in raging.store.newest(limit=1000))
    assert (states, raging.kills["pump"] >= 15, raging.kills["gateway"] > 0) == ({"sent"}, True, True)
    assert repeated > 0, "The storm never struck between sending and finishing."

    p99, most = lateness(raging)
    assert (p99 <= 30, most <= 60) == (True, True), f"p99 {p99} s, most {most} s"


@pytest.mark.parametrize(
    ("guard", "pauses", "harm"),
    [
        ("send_without_key", "0 0.05", r"lost 0, doubled [1-9]"),
        ("plan_without_key", "0.01 0.01", r"lost 0, doubled [1-9]"),
        ("finish_before_sending", "0.05 0", r"lost [1-9]\d*, doubled 0"),
        ("take_nothing_back", "0.02 0.02", r"lost [1-9]\d*, doubled 0"),
    ],
)
def test_without_its_guards_the_storm_does_harm(storm, guard, pauses, harm):
    """The gateway dawdles where the missing guard hurts, so that a few blows are enough."""
    raging = storm(seed=20261124, guard_off=guard, STORM_PAUSES=pauses)
    with raging as weathered, pytest.raises(AssertionError, match=harm):
        weather(weathered, messages=60, kills=6)

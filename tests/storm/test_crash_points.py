"""Promise 3: wherever a worker dies while it plans, claims, sends or finishes, all is well after the next round."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from messaging.models import Message
from tests.storm.conftest import Storm, free_port, process, tell, users
from tests.storm.workshop import STEPS

pytestmark = pytest.mark.storm
MESSAGES = 2


@pytest.fixture
def rounds(tmp_path):
    """A context: a function that runs a round in a process of its own, and what the gateway has received."""
    from messaging.fake_gateway import Store

    @contextmanager
    def running(*, guard_off=""):
        port, file = free_port(), tmp_path / f"phones-{guard_off}.sqlite3"
        gateway = json.dumps([["fake_gateway", "--port", str(port), "--store", str(file)]])
        with (
            process("nursery", gateway, guard_off="", port=port) as phones,
            process("workshop", "messages", guard_off=guard_off, port=port) as workshop,
        ):

            def run(*, minute, die_at=None):
                now = timezone.now() + timedelta(minutes=minute)
                return json.loads(tell(workshop, json.dumps({"now": now.isoformat(), "die_at": die_at})))

            yield run, Storm(phones, Store(file), seed=0)

    return running


def crash_everywhere(run, storm):
    """Kill a round at each of its points in turn; after the next round each message must have come once."""
    users("planned", MESSAGES)
    calm = run(minute=0)
    once = {f"planned{number}": 1 for number in range(MESSAGES)}
    for place, name in enumerate(calm["passed"]):
        Message.objects.all().delete()
        storm.store.wipe()
        crashed = run(minute=0, die_at=place + 1)
        run(minute=1)
        assert (crashed["ending"], crashed["passed"][-1], storm.received()) == ("killed", name, once)
    return calm["passed"]


def test_every_point_may_be_the_last(rounds):
    with rounds() as (run, storm):
        passed = crash_everywhere(run, storm)

    assert {name.partition("-")[2] for name in passed} == set(STEPS["messages"])


@pytest.mark.parametrize("guard", ["send_without_key", "finish_before_sending", "take_nothing_back"])
def test_without_its_guards_some_point_does_harm(rounds, guard):
    with rounds(guard_off=guard) as (run, storm), pytest.raises(AssertionError, match="planned0"):
        crash_everywhere(run, storm)

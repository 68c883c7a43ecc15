"""Two advisors write down one obstacle in the same words at the very same moment: it is one obstacle."""

import threading
from contextlib import suppress

import pytest

from casework.actions import barriers
from casework.models import Barrier
from tests.committed import at_once, committed_rows
from tests.factories.barriers import authority
from tests.factories.casework import CalledFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def both_write_it_down(monkeypatch):
    """How many obstacles there are, where both look for these words before either has written them; and its clients."""
    cases, food = [CalledFactory(), CalledFactory()], authority()
    looked, look = threading.Barrier(2), barriers.known_as

    def look_together(*said):
        found = look(*said)
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=1)
        return found

    monkeypatch.setattr(barriers, "known_as", look_together)
    facts = {"authority": food, "what": "Asks twice.", "days_lost": 3}
    at_once(2, lambda place: barriers.report(case=cases[place], by=cases[place].advisor, **facts))
    return [one.cases for one in Barrier.objects.with_counts()]


def test_it_is_one_obstacle_of_two_clients(db, monkeypatch):
    with committed_rows():
        assert both_write_it_down(monkeypatch) == [2]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: where neither waits there are two")
def test_it_is_one_obstacle_of_two_clients_control(db, monkeypatch):
    monkeypatch.setattr(barriers, "take_turns", lambda _authority: None)
    with committed_rows():
        assert both_write_it_down(monkeypatch) == [2]

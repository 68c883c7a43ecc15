import logging
import os
import signal
import threading
import time

import pytest
from django.db import OperationalError, connection

from messaging import outbox, pump
from messaging.models import Message
from messaging.pump import Pump
from tests.committed import committed_rows
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import hello


@pytest.fixture(autouse=True)
def pump_rows(db):
    with committed_rows():
        yield


PATIENCE = 10


@pytest.fixture
def running(install, monkeypatch):
    """A function: run the pump, do things meanwhile in another thread, then stop it by SIGTERM."""
    monkeypatch.setattr(pump, "TICK", PATIENCE * 2)  # so that only a ring can wake it in time
    monkeypatch.setattr("random.uniform", lambda low, _high: low / 100)
    install([hello(urgent=True)])

    def run(meanwhile):
        failures = []

        def act():
            try:
                meanwhile()
            except Exception as failure:  # noqa: BLE001 - told to the test's own thread
                failures.append(failure)
            finally:
                connection.close()
                os.kill(os.getpid(), signal.SIGTERM)

        thread = threading.Thread(target=act)
        thread.start()
        Pump().run()
        thread.join()
        for failure in failures:
            raise failure

    return run


def queue_one():
    outbox.queue("test.hello", target=EntrepreneurUserFactory(phone="+923000001234"))


def until(count, fake):
    """Wait until the gateway has so many messages; return how many it has."""
    end = time.monotonic() + PATIENCE
    while len(fake.store.newest()) < count and time.monotonic() < end:
        time.sleep(0.01)
    return len(fake.store.newest())


def listeners():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE query ILIKE 'LISTEN %%' OR pid = pg_backend_pid()")
        return [pid for (pid,) in cursor.fetchall()]


def test_a_queued_message_wakes_the_pump(running, fake):
    found = []

    def meanwhile():
        for count in (1, 2):
            time.sleep(0.2)  # the pump sleeps by now
            queue_one()
            found.append(until(count, fake))

    running(meanwhile)

    assert found == [1, 2]


def test_it_plans_by_itself(running, fake, install):
    user = EntrepreneurUserFactory(phone="+923000001234")
    install([hello(urgent=True, due=lambda _now: [user])])

    running(lambda: until(1, fake))

    assert Message.objects.get().state == "sent"


def test_it_stops_at_once_when_nothing_is_due(running, fake):
    begun = time.monotonic()

    running(lambda: time.sleep(0.2))

    assert time.monotonic() - begun < PATIENCE / 2


def test_it_survives_the_loss_of_its_connection(running, fake):
    found = []

    def meanwhile():
        time.sleep(0.3)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            found.append(cursor.fetchone()[0] > 0)
        queue_one()
        found.append(until(1, fake))

    running(meanwhile)

    assert found == [True, 1]


def test_it_survives_a_fault_of_its_own(running, fake, monkeypatch, caplog):
    faults = iter([ValueError("+923000001234"), OperationalError("gone")])
    deliver_due = outbox.deliver_due

    def faulty(now, **options):
        for fault in faults:
            raise fault
        return deliver_due(now, **options)

    monkeypatch.setattr(outbox, "deliver_due", faulty)

    def meanwhile():
        queue_one()
        until(1, fake)

    running(meanwhile)

    told = [(line.msg, line.error) for line in caplog.records if line.name == "messaging.pump"]
    assert told == [("pump failed", "ValueError"), ("database lost", "OperationalError")]
    assert (Message.objects.get().state, "+923000001234" in caplog.text) == ("sent", False)


def test_it_rests_while_the_gateway_is_out_of_reach(running, fake, settings, monkeypatch):
    rests = []
    monkeypatch.setattr(Pump, "rest", lambda _pump: rests.append(time.sleep(0.01)))
    there, settings.MESSAGE_GATEWAY_URL = settings.MESSAGE_GATEWAY_URL, "http://127.0.0.1:1"

    def meanwhile():
        queue_one()
        end = time.monotonic() + PATIENCE
        while len(rests) < 3 and time.monotonic() < end:
            time.sleep(0.01)
        settings.MESSAGE_GATEWAY_URL = there
        until(1, fake)

    running(meanwhile)

    assert (len(rests) >= 3, Message.objects.values_list("state", "attempts").get()) == (True, ("sent", 1))


def test_rests_grow_and_have_an_end(monkeypatch):
    asked = []
    monkeypatch.setattr("random.uniform", lambda _low, high: high)
    monkeypatch.setattr("select.select", lambda _read, _write, _wrong, seconds: asked.append(seconds))
    resting = Pump()

    for _ in range(8):
        resting.rest()

    os.close(resting.hear)
    os.close(resting.tell)
    assert asked == [0.5, 1, 2, 4, 8, 15, 15, 15]


def test_a_missing_gateway_is_said_once(running, settings, caplog):
    settings.MESSAGE_GATEWAY_URL = ""
    caplog.set_level(logging.WARNING)

    running(lambda: time.sleep(0.1))

    assert [line.msg for line in caplog.records] == ["MESSAGE_GATEWAY_URL is not set: messages are planned and wait"]


def test_a_ring_that_came_with_another_answer_is_not_slept_over(running, fake):
    resting = Pump()
    resting.listen()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('messaging_outbox', '')")  # comes back on our own line
    begun = time.monotonic()

    resting.wait(PATIENCE)

    os.close(resting.hear)
    os.close(resting.tell)
    assert time.monotonic() - begun < PATIENCE / 2

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts.models import User
from messaging import kinds
from messaging.fake_gateway import Store
from messaging.models import Message
from messaging.states import OPEN
from tests.committed import committed_rows
from tests.storm.kinds import KINDS

ROOT = Path(__file__).parents[2]
LEASE = 1.0
# The name under which PostgreSQL knows this storm's processes, and no other's.
US = f"storm-{os.getpid()}"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_database():
    """The address of this test's database. PostgreSQL itself is not killed here, so commits need not reach the disk."""
    address = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    assert name.startswith("test_"), "A storm rages in a test's database alone."
    return address._replace(path=f"/{name}", query=f"application_name={US}&options=-csynchronous_commit%3Doff").geturl()


@contextmanager
def process(module, *arguments, guard_off, port=1, **environment):
    """A process of the storm beside this test's database; ready when it is handed over."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.storm.settings",
        "DATABASE_URL": test_database(),
        "MESSAGE_GATEWAY_URL": f"http://127.0.0.1:{port}",
        "MESSAGE_LEASE_SECONDS": str(LEASE),
        "MESSAGE_FIRST_RETRY_SECONDS": "0.1",
        "STORM_GUARD_OFF": guard_off,
        "LOG_LEVEL": "CRITICAL",
    } | environment  # fmt: skip
    command = [sys.executable, "-m", f"tests.storm.{module}", *arguments]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            assert started.stdout.readline() == "ready\n"
            yield started
        finally:
            started.stdin.close()
            started.wait(10)
            until_alone()


def until_alone():
    """Wait until PostgreSQL has noticed that the processes are gone: a last statement of theirs may still run."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [US])
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)
    raise TimeoutError("Somebody is still connected.")


def tell(started, line):
    started.stdin.write(f"{line}\n")
    started.stdin.flush()
    return started.stdout.readline()


class Storm:
    """Pumps and a gateway that are killed at random, by a seed, while messages are planned and sent."""

    PUMPS = 3

    def __init__(self, started, store, seed):
        self.started = started
        self.store = store
        self.random = random.Random(seed)
        self.kills = Counter()

    def strike(self):
        """Kill a pump, now and then the gateway, or cut the pumps' connections to the database."""
        victim = self.random.choices(["pump", "gateway", "connections"], [8, 1, 1])[0]
        if victim == "pump":
            tell(self.started, f"kill {self.random.randrange(self.PUMPS)}")
        elif victim == "gateway":
            tell(self.started, f"kill {self.PUMPS}")
        else:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [US]
                )
        self.kills[victim] += 1

    def settle(self, *, patience, at_most=60):
        """Wait until nothing is open, nothing has ended for `patience` seconds, or `at_most` seconds are over."""
        begun = moved_at = time.monotonic()
        before = None
        while Message.objects.open().exists() and time.monotonic() < min(moved_at + patience, begun + at_most):
            time.sleep(0.05)
            now = Message.objects.exclude(state__in=OPEN).count()
            if now != before:
                before, moved_at = now, time.monotonic()

    def received(self):
        return Counter(row["text"] for row in self.store.newest(limit=10**6))


@pytest.fixture
def storm(tmp_path):
    """A context: a storm over the pumps and the gateway."""

    @contextmanager
    def rage(*, seed=1, guard_off="", **environment):
        port, file = free_port(), tmp_path / f"phones-{guard_off or 'guarded'}.sqlite3"
        gateway = ["fake_gateway", "--port", str(port), "--store", str(file)]
        commands = json.dumps([["pump_messages"]] * Storm.PUMPS + [gateway])
        with process("nursery", commands, guard_off=guard_off, port=port, **environment) as started:
            yield Storm(started, Store(file), seed)

    return rage


def users(kind, count, *, start=0):
    """So many users named after the kind; their name is the text of their message."""
    return User.objects.bulk_create(
        User(kind="entrepreneur", username=f"{kind}{number}", phone=f"+92300{number:07d}")
        for number in range(start, start + count)
    )


@pytest.fixture(autouse=True)
def storm_rows(db):
    """What the processes of the storm see is committed; this process queues messages of their kinds too."""
    before = kinds.installed()
    kinds.install(KINDS)
    with committed_rows():
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")
        yield
    kinds.install(before)

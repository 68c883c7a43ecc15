"""What a request costs: by the wall clock, in Django's process, and in the database's process that serves it."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

NANO = 1_000_000_000
# After its answer the database still tidies up; what it does then belongs to the request that caused it.
TIDYING = 0.001


@dataclass(frozen=True)
class Cost:
    """Seconds. `wall` is noisy where others work; the sum of the other two is what the servers spend."""

    wall: float
    portal: float
    database: float

    @property
    def work(self):
        return self.portal + self.database


def cost_of(act):
    """Do it once and tell what it cost."""
    database = DatabaseClock()
    wall, portal = time.perf_counter(), time.process_time()
    act()
    wall, portal = time.perf_counter() - wall, time.process_time() - portal
    time.sleep(TIDYING)
    return Cost(wall, portal, database.elapsed())


class DatabaseClock:
    """Processor time of this connection's process, where that runs on this machine; elsewhere it stands still."""

    def __init__(self):
        self.file = schedule_of(connection)
        self.begun = self.read()

    def read(self):
        return int(self.file.read_text().split()[0]) / NANO if self.file else 0.0

    def elapsed(self):
        return self.read() - self.begun


def schedule_of(connection):
    """Linux's account of the process behind the connection; a number from another machine would be a stranger's."""
    connection.ensure_connection()
    process = Path("/proc") / str(connection.connection.info.backend_pid)
    with suppress(OSError):
        title = (process / "cmdline").read_bytes().decode(errors="replace")
        if title.startswith("postgres") and connection.settings_dict["NAME"] in title:
            (process / "schedstat").read_text()
            return process / "schedstat"
    return None

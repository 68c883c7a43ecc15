"""Promise 5: one report a period and a whole file, however many beats ring at once. tests/storm kills the workers."""

import os
import time
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from journal import jobs
from journal.jobs import Job, write_file
from journal.models import JobRun
from tests.committed import at_once, committed_rows

pytestmark = pytest.mark.concurrency

NOW = datetime(2026, 12, 3, 4, tzinfo=UTC)
SIZE = 200_000


@pytest.fixture(autouse=True)
def committed(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with committed_rows():
        yield


def ring(installed, media):
    """Ten beats ring at once; there must be one row, written by one run, and one file."""
    started = []

    def write(run):
        started.append(run.token)
        time.sleep(0.05)
        return {"csv": write_file(run, "report.csv", os.urandom(SIZE))}

    installed([Job("test.month", period=lambda _now: "2026-11", run=write)])

    def beat(_place):
        jobs.ensure(NOW)
        return jobs.run_due(NOW)

    done = at_once(10, beat)

    files = [file for file in media.rglob("*") if file.is_file()]
    run = JobRun.objects.get()
    assert (len(started), done.count(1), done.count(0), len(files)) == (1, 1, 9, 1)
    assert sha256(files[0].read_bytes()).hexdigest() == run.outcome["csv"]["sha256"]


def test_ten_beats_make_one_row_and_one_file(installed, tmp_path):
    ring(installed, tmp_path)


def test_without_the_claim_each_beat_writes(installed, tmp_path, monkeypatch):
    def careless(_now):
        run = JobRun.objects.filter(state="waiting").first()
        if run:
            time.sleep(0.05)
            JobRun.objects.filter(pk=run.pk).update(state="running", lease_until=NOW + jobs.LEASE)
        return run

    monkeypatch.setattr(jobs, "claim", careless)

    with pytest.raises(AssertionError):
        ring(installed, tmp_path)

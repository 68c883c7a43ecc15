"""Promise 5: wherever a worker dies while it writes a report, there is a whole file or none, and in the end one."""

import json
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from journal.jobs import LEASE
from journal.models import JobRun
from tests.storm.apps import REPORT
from tests.storm.conftest import process, tell
from tests.storm.workshop import STEPS

pytestmark = pytest.mark.storm


@pytest.fixture
def rounds(tmp_path):
    """A context: a function that rings the beat in a process of its own."""

    @contextmanager
    def running(*, guard_off=""):
        with process("workshop", "jobs", guard_off=guard_off, MEDIA_ROOT=str(tmp_path)) as workshop:

            def run(*, ring, die_at=None):
                now = timezone.now() + ring * (LEASE + timedelta(seconds=1))
                return json.loads(tell(workshop, json.dumps({"now": now.isoformat(), "die_at": die_at})))

            yield run

    return running


def crash_everywhere(run, media):
    """Kill the worker at each point in turn; nobody may see half a file, and the next ring makes row and file whole."""
    passed = run(ring=0)["passed"]
    for place, name in enumerate(passed):
        JobRun.objects.all().delete()
        for file in files(media):
            file.unlink()
        crashed = run(ring=0, die_at=place + 1)
        seen = {file.stat().st_size for file in files(media) if not file.name.startswith(".")}
        run(ring=1)

        rows = JobRun.objects.values_list("state", "outcome__csv__sha256")
        written = [("done", sha256(file.read_bytes()).hexdigest()) for file in files(media)]
        assert (crashed["ending"], crashed["passed"][-1], seen <= {REPORT}) == ("killed", name, True)
        assert (list(rows), len(written)) == (written, 1)
    return passed


def files(media):
    return [file for file in media.rglob("*") if file.is_file()]


def test_every_point_may_be_the_last(rounds, tmp_path):
    with rounds() as run:
        passed = crash_everywhere(run, tmp_path)

    assert {name.partition("-")[2] for name in passed} == set(STEPS["jobs"])


@pytest.mark.parametrize("guard", ["write_in_place", "one_row_a_ring"])
def test_without_its_guards_some_point_does_harm(rounds, tmp_path, guard):
    with rounds(guard_off=guard) as run, pytest.raises(AssertionError, match="assert"):
        crash_everywhere(run, tmp_path)

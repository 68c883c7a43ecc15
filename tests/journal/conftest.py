import pytest

from journal import events, jobs


@pytest.fixture
def wired():
    """`events.install` for one test."""
    before = dict(events._wired)
    yield events.install
    events.install(before)


@pytest.fixture
def installed():
    """`jobs.install` for one test."""
    before = list(jobs._installed.values())
    yield jobs.install
    jobs.install(before)

"""Two advisors begin the check of one client at the very same moment: both go on with one."""

import threading
from contextlib import suppress

import pytest

from accounts.roles import Role
from casework.actions import health
from casework.models import HealthCheck, Questionnaire
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def both_begin(monkeypatch):
    """What each was given, where both look for the questions before either has begun; and how many were begun."""
    case = CalledFactory()
    both = [case.advisor, colleague(Role.ADVISOR, office=case.office)]
    looked, current = threading.Barrier(2), Questionnaire.objects.current

    def look():
        with suppress(threading.BrokenBarrierError):
            looked.wait(timeout=1)
        return current()

    monkeypatch.setattr(Questionnaire.objects, "current", look)
    given = at_once(2, lambda place: health.begin(case=case, by=both[place]))
    return given, HealthCheck.objects.filter(case=case).count()


def check(outcome):
    given, begun = outcome

    assert [type(one).__name__ for one in given] == ["HealthCheck"] * 2
    assert (given[0], begun) == (given[1], 1)


def test_both_go_on_with_one(db, monkeypatch):
    with committed_rows():
        check(both_begin(monkeypatch))


@pytest.mark.xfail(strict=True, reason="control: without the lock of the case the second is refused")
def test_both_go_on_with_one_control(db, monkeypatch):
    monkeypatch.setattr(health, "hold", lambda item, version: type(item).objects.get(pk=item.pk))
    with committed_rows():
        check(both_begin(monkeypatch))

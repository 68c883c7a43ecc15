"""Two members who vote in the same moment complete the quorum: neither vote is overlooked."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections

from loans.actions import committee
from loans.models import Application
from tests.factories.loans import ApplicationFactory, guaranteed, lender

APPLICATIONS = 15

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def vote_together():
    """Both members vote on each application at once; in which states the applications are left."""
    place = lender()
    waiting = [
        ApplicationFactory(product=place.product, branch=place.branch, **guaranteed()) for _one in range(APPLICATIONS)
    ]
    members = [place.staff.manager, place.staff.area]
    start = threading.Barrier(len(members) * APPLICATIONS)

    def vote(place):
        try:
            start.wait(timeout=60)
            application, member = waiting[place // 2], members[place % 2]
            committee.vote(application=application, version=0, approves=True, amount=5000, by=member)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(members) * APPLICATIONS) as pool:
        list(pool.map(vote, range(len(members) * APPLICATIONS)))
    return list(Application.objects.values_list("state", flat=True))


def check(states):
    assert states == ["approved"] * APPLICATIONS


def test_two_votes_at_once_decide():
    check(vote_together())


def test_two_votes_control_without_the_lock_fails(monkeypatch):
    """Both members have read the application before either goes on, which on a slow machine chance does not bring."""
    both = {}
    monkeypatch.setattr(committee, "hold", partial(read_without_a_lock, both))

    with pytest.raises(AssertionError):
        check(vote_together())


def read_without_a_lock(both, item, *, version):
    found = type(item).objects.get(pk=item.pk)
    both.setdefault(item.pk, threading.Barrier(2)).wait(timeout=60)
    return found

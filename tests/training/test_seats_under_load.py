"""Promise 7: no seat oversold or undersold, fair waiting list. 200 applicants for 25 seats, with cancellations."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections

from journal.moves import EditConflict, MoveRefused
from tests.factories.enterprises import OwnershipFactory, system
from tests.factories.training import CourseRunFactory
from training.actions import enrolments
from training.models import Enrolment
from training.states import EnrolmentState

APPLICANTS, SEATS, CONNECTIONS = 200, 25, 40

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def storm(*, seed):
    """Everybody asks at once over real connections, and every fourth leaves again: the run, and what was refused."""
    run = CourseRunFactory(capacity=SEATS)
    applicants = [OwnershipFactory() for _applicant in range(APPLICANTS)]
    leavers = set(random.Random(seed).sample(range(APPLICANTS), APPLICANTS // 4))
    by, start, refused = system(), threading.Barrier(CONNECTIONS), []

    def ask(places):
        try:
            start.wait(timeout=60)
            for place in places:
                try:
                    come_and_go(run, applicants[place], by=by, leaves=place in leavers)
                except (IntegrityError, MoveRefused) as refusal:
                    refused.append(repr(refusal))
        finally:
            connections.close_all()

    shares = [range(first, APPLICANTS, CONNECTIONS) for first in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(ask, shares))
    run.refresh_from_db()
    return run, refused


def come_and_go(run, owner, *, by, leaves):
    enrolment = enrolments.enrol(run=run, enterprise=owner.enterprise, person=owner.person, by=by)
    while leaves:
        enrolment.refresh_from_db()
        try:
            leaves = enrolments.cancel(enrolment=enrolment, by=by, version=enrolment.version).is_live
        except EditConflict:  # moved meanwhile from the list to a seat: look again
            continue


def check(run, refused):
    """Whoever stayed has a seat or a place in the order of asking, and the counter agrees."""
    live = list(Enrolment.objects.filter(run=run).live().in_order().values_list("state", flat=True))
    stayed = APPLICANTS - APPLICANTS // 4
    seated, waiting = [EnrolmentState.ENROLLED] * SEATS, [EnrolmentState.WAITING] * (stayed - SEATS)
    assert (live, run.seats_taken, refused) == (seated + waiting, SEATS, [])


@pytest.mark.parametrize("seed", [7, 2026])
def test_exactly_the_first_25_have_the_25_seats(seed):
    check(*storm(seed=seed))


def test_without_the_lock_the_same_check_fails(monkeypatch):
    """The failing control: the row is read without being held."""

    def look(item, *, version):
        return type(item)._default_manager.get(pk=item.pk)

    monkeypatch.setattr(enrolments, "hold", look)

    with pytest.raises(AssertionError):
        check(*storm(seed=7))

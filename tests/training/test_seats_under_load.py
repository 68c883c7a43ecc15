"""Promise 7: no seat oversold or undersold, fair waiting list. 200 applicants for 25 seats, with cancellations."""

import random

import pytest

from journal.moves import EditConflict
from tests.committed import at_once, committed_rows
from tests.factories.enterprises import OwnershipFactory, system
from tests.factories.training import CourseRunFactory
from tests.thorough import also
from training.actions import enrolments
from training.models import Enrolment
from training.states import EnrolmentState

APPLICANTS, SEATS, LEAVERS, CONNECTIONS = 200, 25, 50, 40

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def storm(*, seed):
    """Everybody asks at once over real connections, and every fourth leaves again: the run, and what went wrong."""
    run = CourseRunFactory(capacity=SEATS)
    applicants = [OwnershipFactory() for _applicant in range(APPLICANTS)]
    leavers = set(random.Random(seed).sample(range(APPLICANTS), LEAVERS))
    by = system()

    def ask(first):
        for place in range(first, APPLICANTS, CONNECTIONS):
            come_and_go(run, applicants[place], by=by, leaves=place in leavers)

    failures = [repr(outcome) for outcome in at_once(CONNECTIONS, ask) if outcome is not None]
    run.refresh_from_db()
    return run, failures


def come_and_go(run, owner, *, by, leaves):
    enrolment = enrolments.enrol(run=run, enterprise=owner.enterprise, person=owner.person, by=by)
    while leaves:
        enrolment.refresh_from_db()
        try:
            leaves = enrolments.cancel(enrolment=enrolment, by=by, version=enrolment.version).is_live
        except EditConflict:  # moved meanwhile from the list to a seat: look again
            continue


def check(run, failures):
    """Whoever stayed has a seat or a place in the order of asking, and the counter agrees."""
    live = list(Enrolment.objects.filter(run=run).live().in_order().values_list("state", flat=True))
    seated, waiting = [EnrolmentState.ENROLLED] * SEATS, [EnrolmentState.WAITING] * (APPLICANTS - LEAVERS - SEATS)
    assert (live, run.seats_taken, failures) == (seated + waiting, SEATS, [])


@pytest.mark.parametrize("seed", [2026, *also(7)])
def test_exactly_the_first_25_have_the_25_seats(seed):
    with committed_rows():
        check(*storm(seed=seed))


def test_without_the_lock_the_same_check_fails(monkeypatch):
    """The failing control: the run is read without being held."""
    monkeypatch.setattr(enrolments, "hold", lambda item, *, version: type(item).objects.get(pk=item.pk))

    with committed_rows(), pytest.raises(AssertionError):
        check(*storm(seed=7))

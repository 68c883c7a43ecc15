"""A branch takes up a referral at the very moment in which the client takes back the permission to share."""

import threading

import pytest

from accounts.models import User
from enterprises.actions import consents
from enterprises.models import Consent, Person
from loans.actions import applications
from loans.models import Application
from tests.committed import at_once, committed_rows, somebody_waits, wait_until
from tests.factories.casework import consents as agreed_to
from tests.factories.enterprises import system
from tests.factories.loans import lender, referral
from tests.loans.test_applications import receive

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def receive_while_it_is_taken_back(monkeypatch):
    """The answers of the branch, and of whoever writes down that the client shares no longer."""
    place = lender(guarantors_needed=1)
    sent = referral(branch=place.branch)
    person = sent.case.person
    if not person.consents.filter(kind=Consent.Kind.SHARE).exists():
        agreed_to(person)
    look, has_referral = applications.check_offer, threading.Event()

    def look_and_wait(**offer):
        has_referral.set()
        wait_until(somebody_waits)
        return look(**offer)

    monkeypatch.setattr(applications, "check_offer", look_and_wait)

    def act(turn):
        if turn == 0:
            return receive(place, sent, by=User.objects.get(pk=place.staff.officer.pk))
        has_referral.wait(timeout=5)
        return consents.withdraw(person=person, kind=Consent.Kind.SHARE, by=system())

    return [type(answer) for answer in at_once(2, act)]


def test_who_takes_up_and_who_takes_back_take_turns(db, monkeypatch):
    with committed_rows():
        assert receive_while_it_is_taken_back(monkeypatch) == [Application, Consent]


def test_control_the_referral_before_the_person_ends_in_a_deadlock(db, monkeypatch):
    take = applications.hold
    monkeypatch.setattr(
        applications, "hold", lambda item, version: None if isinstance(item, Person) else take(item, version=version)
    )

    with committed_rows(), pytest.raises(AssertionError):
        assert receive_while_it_is_taken_back(monkeypatch) == [Application, Consent]

"""A branch takes up or ends what a client asked for while that client takes back the permission to share."""

import threading

import pytest

from accounts.models import User
from enterprises.actions import consents
from enterprises.models import Consent, Person
from journal.moves import hold
from loans.actions import applications, loans
from loans.models import Application, Loan
from tests.committed import at_once, committed_rows, somebody_waits, wait_until
from tests.factories.casework import consents as agreed_to
from tests.factories.enterprises import system
from tests.factories.loans import RefusalReasonFactory, approved, lender, referral
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


def withdrawn(application, staff):
    return applications.withdraw(application=application, version=application.version, by=staff.officer)


def refused(application, staff):
    chosen = {"version": application.version, "refusal": RefusalReasonFactory(needs_text=False)}
    return applications.refuse(application=application, by=staff.manager, **chosen)


def paid_out(application, staff):
    Application.objects.filter(pk=application.pk).update(**approved())
    return loans.disburse(application=application, version=application.version, instrument="1", by=staff.cashier)


ENDINGS = pytest.mark.parametrize(("end", "made"), [(withdrawn, Application), (refused, Application), (paid_out, Loan)])


def end_while_it_is_taken_back(end, monkeypatch):
    """The answers of who ends the application, and of whoever writes down that the applicant shares no longer.

    The first has ended the sight that the referral gave, and goes on only once somebody waits for that.
    """
    place = lender()
    application = receive(place, referral(branch=place.branch))
    person, end_sight, has_sight = application.person, applications.end_sight, threading.Event()
    if not person.consents.filter(kind=Consent.Kind.SHARE).exists():
        agreed_to(person)

    def slowly(ended, *, by):
        has_sight.set()
        wait_until(somebody_waits)
        hold(ended.person, version=None)
        return end_sight(ended, by=by)

    for module in (applications, loans):
        monkeypatch.setattr(module, "end_sight", slowly)
    monkeypatch.setattr(loans, "unmet", lambda _application: [])
    # What stands in the ledger could not be deleted after the test.
    monkeypatch.setattr(loans, "open_loan", lambda *_facts, **_said: Loan(principal=6000))
    monkeypatch.setattr(loans.ledger, "write", lambda *_facts, **_said: None)
    monkeypatch.setattr(loans, "queue", lambda *_facts, **_said: None)

    def act(turn):
        if turn == 0:
            return end(application, place.staff)
        has_sight.wait(timeout=5)
        return consents.withdraw(person=person, kind=Consent.Kind.SHARE, by=system())

    return [type(answer) for answer in at_once(2, act)]


@ENDINGS
def test_who_ends_an_application_and_who_takes_back_take_turns(db, monkeypatch, end, made):
    with committed_rows():
        assert end_while_it_is_taken_back(end, monkeypatch) == [made, Consent]


@ENDINGS
def test_control_the_sight_before_the_person_ends_in_a_deadlock(db, monkeypatch, end, made):
    for module in (applications, loans):
        monkeypatch.setattr(module, "hold_applicant", lambda _application: None)

    with committed_rows(), pytest.raises(AssertionError):
        assert end_while_it_is_taken_back(end, monkeypatch) == [made, Consent]

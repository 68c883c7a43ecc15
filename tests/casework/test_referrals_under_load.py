"""A permission is taken back or given at the very moment of a referral, or of a no to it."""

import threading

import pytest

from casework.actions import referrals
from casework.models import Case, Referral
from enterprises.actions import consents
from enterprises.models import Consent, Person
from journal.moves import EditConflict, MoveRefused
from tests.committed import at_once, committed_rows, somebody_waits, wait_until
from tests.factories.casework import ReferralFactory, ready_to_refer
from tests.factories.casework import consents as agreed_to
from tests.factories.enterprises import system

REFERRALS = 12

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def end_from_both_sides():
    """What became of the branches' and of the clients' wishes, and in which states the referrals are left."""
    sent = [ReferralFactory() for _one in range(REFERRALS)]
    for referral in sent:
        agreed_to(referral.case.person)

    def act(place):
        referral = sent[place // 2]
        if place % 2:
            return consents.withdraw(person=referral.case.person, kind=Consent.Kind.SHARE, by=system())
        return referrals.decline(referral=referral, by=system(), version=0, reason="Too far away.")

    answers = at_once(2 * REFERRALS, act)
    states = Referral.objects.filter(pk__in=[referral.pk for referral in sent]).values_list("state", flat=True)
    return answers[::2], answers[1::2], set(states)


def check(outcome):
    """Every permission is taken back; every branch declined, or heard that the client was quicker."""
    declined, withdrawn, states = outcome

    assert {type(answer) for answer in withdrawn} == {Consent}
    assert {type(answer) for answer in declined} <= {Referral, MoveRefused, EditConflict}
    assert states <= {"declined", "withdrawn"}


def test_both_wishes_are_heard(db):
    with committed_rows():
        check(end_from_both_sides())


def test_control_without_turns_the_same_check_fails(db, monkeypatch):
    monkeypatch.setattr(referrals, "hold_sight", lambda _referrals: None)
    monkeypatch.setattr(referrals, "held", lambda found: found)

    with committed_rows(), pytest.raises(AssertionError):
        check(end_from_both_sides())


def refer_while_a_permission_is_given(monkeypatch):
    """The answers of whoever refers, and of whoever at that moment writes down that the client may be called."""
    case = ready_to_refer()
    to_office = referrals.branches_for(case).first()
    Case.objects.filter(pk=case.pk).update(next_contact_on=None)
    Consent.objects.filter(person=case.person, kind=Consent.Kind.CONTACT).delete()
    look, is_held = referrals.obstacle, threading.Event()

    def look_and_wait(held):
        is_held.set()
        wait_until(somebody_waits)
        return look(held)

    monkeypatch.setattr(referrals, "obstacle", look_and_wait)

    def act(place):
        if place:
            is_held.wait(timeout=5)
            return consents.give(person=case.person, kind=Consent.Kind.CONTACT, by=system())
        return referrals.refer_to_lender(
            case=case, to_office=to_office, by=case.advisor, version=case.version, is_told=True
        )

    return [type(answer) for answer in at_once(2, act)]


def test_who_refers_and_who_notes_a_permission_take_turns(db, monkeypatch):
    with committed_rows():
        assert refer_while_a_permission_is_given(monkeypatch) == [Referral, Consent]


def test_control_the_case_before_the_person_ends_in_a_deadlock(db, monkeypatch):
    take = referrals.hold
    monkeypatch.setattr(
        referrals, "hold", lambda item, version: None if isinstance(item, Person) else take(item, version=version)
    )

    with committed_rows(), pytest.raises(AssertionError):
        assert refer_while_a_permission_is_given(monkeypatch) == [Referral, Consent]

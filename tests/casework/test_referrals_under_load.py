"""A branch declines at the very moment at which the client takes the permission to share back."""

import pytest

from casework.actions import referrals
from casework.models import Referral
from enterprises.actions import consents
from enterprises.models import Consent
from journal.moves import EditConflict, MoveRefused
from tests.committed import at_once, committed_rows
from tests.factories.casework import ReferralFactory
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

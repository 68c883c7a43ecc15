"""A business moves at the very moment in which somebody writes down what follows its district."""

import threading

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from casework.actions import contacts
from casework.models import Case, Contact
from enterprises.actions import cards, claims, clients, consents, districts
from enterprises.models import Claim, Consent, Correction, Enterprise
from tests.committed import at_once, committed_rows, somebody_waits, wait_until
from tests.enterprises.walk import CNIC
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory, smeda_office
from tests.factories.enterprises import OwnershipFactory, PersonFactory, district

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def given(case, by):
    return consents.give(person=case.person, kind=Consent.Kind.CONTACT, by=by)


def said_at_the_office(case, by):
    said = {"channel": "office", "agreed": "We meet again.", "next_on": timezone.localdate(), "is_unasked": True}
    return contacts.log_of_silent(case=case, by=by, version=case.version, lets_contact=True, **said)


WAYS = pytest.mark.parametrize(("permit", "made"), [(given, Consent), (said_at_the_office, Contact)])


def move_while(permit, monkeypatch):
    """What became of the permission and of the move. Whoever writes the permission has the case, and then promotes."""
    colleague(Role.ADVISOR, office=smeda_office("lahore"))
    case = CaseFactory(lets_contact=False)
    Case.objects.filter(pk=case.pk).update(first_contact_due_on=timezone.localdate())
    Enterprise.objects.filter(pk=case.enterprise_id).update(client_since=None)
    enterprise, promote, has_case = case.enterprise, clients.promote_if_ready, threading.Event()

    def slowly(*args, **said):
        has_case.set()
        wait_until(somebody_waits)
        return promote(*args, **said)

    monkeypatch.setattr(clients, "promote_if_ready", slowly)

    def act(place):
        by = User.objects.get(pk=case.advisor_id)
        if place == 0:
            return permit(case, by)
        has_case.wait(timeout=5)
        told = {"kind": "moved", "district": district("lahore"), "place": "", "reason": "Told me."}
        return districts.change(enterprise=enterprise, by=by, version=enterprise.version, **told)

    return [type(answer) for answer in at_once(2, act)]


@WAYS
def test_who_moves_a_business_and_who_notes_a_permission_take_turns(db, monkeypatch, permit, made):
    with committed_rows():
        assert move_while(permit, monkeypatch) == [made, Correction]


@WAYS
def test_control_the_business_before_the_person_ends_in_a_deadlock(db, monkeypatch, permit, made):
    monkeypatch.setattr(districts, "hold_owner", lambda _enterprise: None)

    with committed_rows(), pytest.raises(AssertionError):
        assert move_while(permit, monkeypatch) == [made, Correction]


def move_while_claimed(monkeypatch):
    """A further owner comes with somebody's card number while the business moves; where the card is looked at."""
    advisor = colleague(Role.ADVISOR, districts=[district(), district("lahore")])
    enterprise, bare = OwnershipFactory().enterprise, PersonFactory(cnic=None, cnic_standing="none")
    newcomer = OwnershipFactory(enterprise=enterprise, is_contact=False, person=bare).person
    PersonFactory(cnic=CNIC)
    state, has_followed, has_claimed = districts.state, threading.Event(), threading.Event()

    def slowly(*args, **said):
        has_followed.set()
        wait_until(lambda: has_claimed.is_set() or somebody_waits())
        return state(*args, **said)

    monkeypatch.setattr(districts, "state", slowly)

    def act(place):
        by = User.objects.get(pk=advisor.pk)
        if place == 0:
            told = {"kind": "moved", "district": district("lahore"), "place": "", "reason": "Told me."}
            return districts.change(enterprise=enterprise, by=by, version=enterprise.version, **told)
        has_followed.wait(timeout=5)
        said = {"cnic": CNIC, "is_card_seen": False, "is_rival": True}
        made = cards.add(person=newcomer, by=by, version=newcomer.version, **said)
        has_claimed.set()
        return made

    answers = [type(answer) for answer in at_once(2, act)]
    return answers, list(Claim.objects.filter(newcomer=newcomer).values_list("district__code", flat=True))


def test_a_claim_that_is_made_while_the_business_moves_is_looked_at_where_it_is_now(db, monkeypatch):
    with committed_rows():
        assert move_while_claimed(monkeypatch) == ([Correction, Claim], ["lahore"])


def test_control_a_claim_without_the_business_in_hand_stays_in_the_old_district(db, monkeypatch):
    monkeypatch.setattr(claims, "hold", lambda item, *, version: type(item).objects.get(pk=item.pk))

    with committed_rows():
        assert move_while_claimed(monkeypatch) == ([Correction, Claim], ["multan"])

"""A no of the lender's waits for the advisor until the client was told of it (L6, N2)."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.roles import Role
from casework.actions import contacts, referrals
from casework.models import Case, Referral
from casework.open_items import open_items
from casework.querysets import ReferralQuerySet
from casework.querysets import referrals as querysets
from enterprises.actions import consents
from enterprises.models import Consent, Person
from journal.events import LENDER, record
from journal.open_items import Scope, united
from tests.factories.accounts import colleague
from tests.factories.casework import ReferralFactory, TakenReferralFactory
from tests.factories.enterprises import ConsentFactory, EntrepreneurUserFactory, system
from tests.factories.loans import ApplicationFactory

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
FRIDAY = dt.date(2026, 11, 27)


@pytest.fixture(autouse=True)
def on_tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@time_machine.travel(TUESDAY + dt.timedelta(minutes=10), tick=False)
def decline(referral):
    officer = colleague(Role.LOAN_OFFICER, office=referral.to_office)
    referrals.decline(referral=referral, by=officer, version=0, reason="Too far from the branch.")


@time_machine.travel(TUESDAY + dt.timedelta(minutes=10), tick=False)
def answer(referral, name="loans.refused", **data):
    record(name, target=referral.case.enterprise, by=system(), audience={LENDER}, data=data)


def talk(case, **later):
    with time_machine.travel(TUESDAY + dt.timedelta(**later), tick=False):
        contacts.log(
            case=case, by=case.advisor, version=case.version, channel="phone", agreed="Told them why.", next_on=None
        )


def waiting(case, *, kind="casework.answer"):
    found = united(open_items(Scope(today=TUESDAY.date(), user_id=case.advisor_id)), limit=20)
    return [(item["kind"], item["due_on"], item["target_id"]) for item in found if item["kind"] == kind]


def told_in_between(say_no):
    """What waits for the advisor after a no, and after the client was told."""
    made = TakenReferralFactory if say_no is answer else ReferralFactory
    case = made(case__opened_at=TUESDAY - dt.timedelta(days=7)).case
    talk(case, days=-1)
    case.refresh_from_db()
    say_no(case.referrals.get())
    before = waiting(case)
    talk(case, hours=1)
    return before == [("casework.answer", FRIDAY, case.pk)], waiting(case)


@pytest.mark.parametrize("say_no", [decline, answer])
def test_a_no_waits_for_the_advisor_until_a_contact_is_logged_after_it(say_no):
    assert told_in_between(say_no) == (True, [])


@pytest.mark.xfail(strict=True, reason="the control: no later contact is looked for", raises=AssertionError)
@pytest.mark.parametrize("say_no", [decline, answer])
def test_a_no_waits_for_the_advisor_control(say_no, monkeypatch):
    monkeypatch.setattr(ReferralQuerySet, "unheard", ReferralQuerySet.all)

    assert told_in_between(say_no) == (True, [])


@pytest.mark.parametrize("name", ["loans.withdrawn", "loans.disbursed"])
def test_what_is_no_refusal_leaves_nothing_to_tell(name):
    case = TakenReferralFactory().case

    answer(case.referrals.get(), name, amount=50_000)

    assert waiting(case) == []


@pytest.mark.xfail(strict=True, reason="the control: another answer is taken for a no", raises=AssertionError)
def test_what_is_no_refusal_leaves_nothing_to_tell_control(monkeypatch):
    monkeypatch.setattr(querysets, "NOT_APPROVED", "loans.withdrawn")

    test_what_is_no_refusal_leaves_nothing_to_tell("loans.withdrawn")


@pytest.mark.xfail(strict=True, reason="the control: each no is told, whichever case it is of", raises=AssertionError)
@pytest.mark.parametrize("guard", ["newest_of_case", "of_open_cases"])
def test_two_noes_are_told_at_once_control(guard, monkeypatch):
    monkeypatch.setattr(ReferralQuerySet, guard, ReferralQuerySet.all)

    test_two_noes_are_told_at_once_and_those_of_a_closed_case_to_nobody()


def test_two_noes_are_told_at_once_and_those_of_a_closed_case_to_nobody():
    case, over = ReferralFactory().case, ReferralFactory().case
    for one in (case, over):
        decline(one.referrals.get())
    decline(ReferralFactory(case=case, business_plan=case.business_plans.get()))
    Case.objects.filter(pk=over.pk).update(state="closed", closed_at=TUESDAY, outcome="moved")

    assert (len(waiting(case)), waiting(over), Referral.objects.untold().count()) == (1, [], 1)


# What was withdrawn


def withdraw(referral):
    """What the branch had not taken up."""
    consents.withdraw(person=referral.case.person, kind=Consent.Kind.SHARE, by=referral.case.advisor)


def withdraw_application(referral):
    """The client presses it on their own page, while the branch has their application."""
    ApplicationFactory(person=referral.case.person, enterprise=referral.case.enterprise)
    user = EntrepreneurUserFactory()
    Person.objects.filter(pk=referral.case.person_id).update(user=user)
    consents.withdraw(person=Person.objects.get(pk=referral.case.person_id), kind=Consent.Kind.SHARE, by=user)


def spoken_of_in_between(end):
    """What waits for the advisor after the end, and after they talked with the client."""
    made = ReferralFactory if end is withdraw else TakenReferralFactory
    referral = made(case__opened_at=TUESDAY - dt.timedelta(days=7))
    case = referral.case
    ConsentFactory(person=case.person, kind=Consent.Kind.SHARE)
    talk(case, days=-1)
    case.refresh_from_db()
    with time_machine.travel(TUESDAY + dt.timedelta(minutes=10), tick=False):
        end(referral)
    before = waiting(case, kind="casework.withdrawn")
    talk(case, hours=1)
    return before == [("casework.withdrawn", FRIDAY, case.pk)], waiting(case, kind="casework.withdrawn")


@pytest.mark.parametrize("end", [withdraw, withdraw_application])
def test_what_ends_with_the_permission_leaves_a_talk_for_the_advisor(end):
    assert spoken_of_in_between(end) == (True, [])


@pytest.mark.xfail(strict=True, reason="the control: no later contact is looked for", raises=AssertionError)
@pytest.mark.parametrize("end", [withdraw, withdraw_application])
def test_what_ends_with_the_permission_leaves_a_talk_for_the_advisor_control(end, monkeypatch):
    monkeypatch.setattr(ReferralQuerySet, "unheard", ReferralQuerySet.all)

    assert spoken_of_in_between(end) == (True, [])


def test_of_a_no_after_a_withdrawal_the_no_alone_is_told():
    case = ReferralFactory().case
    ConsentFactory(person=case.person, kind=Consent.Kind.SHARE)
    with time_machine.travel(TUESDAY + dt.timedelta(minutes=5), tick=False):
        withdraw(case.referrals.get())
    decline(ReferralFactory(case=case, business_plan=case.business_plans.get()))

    assert (len(waiting(case)), waiting(case, kind="casework.withdrawn")) == (1, [])


def test_of_whom_nobody_may_call_nobody_waits_for_the_talk():
    case = ReferralFactory().case
    ConsentFactory(person=case.person, kind=Consent.Kind.SHARE)
    with time_machine.travel(TUESDAY + dt.timedelta(minutes=10), tick=False):
        withdraw(case.referrals.get())
    before = waiting(case, kind="casework.withdrawn")

    consents.withdraw(person=case.person, kind=Consent.Kind.CONTACT, by=case.advisor)

    assert (len(before), waiting(case, kind="casework.withdrawn")) == (1, [])


def test_the_case_says_what_happened_and_what_to_do(signed_in):
    case = ReferralFactory().case
    ConsentFactory(person=case.person, kind=Consent.Kind.SHARE)
    with time_machine.travel(TUESDAY + dt.timedelta(minutes=10), tick=False):
        withdraw(case.referrals.get())

    page = signed_in(case.advisor).get(case.get_absolute_url()).text

    assert "The request to the lender was withdrawn: ask the client again, or speak of another way" in page

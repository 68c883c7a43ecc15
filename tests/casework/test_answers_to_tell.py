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
from journal.events import LENDER, record
from journal.open_items import Scope, united
from tests.factories.accounts import colleague
from tests.factories.casework import ReferralFactory, TakenReferralFactory
from tests.factories.enterprises import system

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


def waiting(case):
    found = united(open_items(Scope(today=TUESDAY.date(), user_id=case.advisor_id)), limit=20)
    return [(item["kind"], item["due_on"], item["target_id"]) for item in found if item["kind"] == "casework.answer"]


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
    monkeypatch.setattr(ReferralQuerySet, "untold", ReferralQuerySet.refused)

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

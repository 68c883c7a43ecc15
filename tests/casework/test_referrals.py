import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Office, OfficeDistrict
from accounts.roles import Role
from casework.actions import referrals
from casework.models import Case, Referral
from casework.states import ReferralState
from enterprises.actions import consents as consent_actions
from enterprises.models import Consent, Enterprise, Grant
from journal.events import LENDER, record
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from tests.casework.asking import names_of
from tests.factories.accounts import colleague
from tests.factories.casework import (
    REFERRALS,
    AnsweredReferralFactory,
    ApprovedPlanFactory,
    CalledFactory,
    ReferralFactory,
    SubmittedPlanFactory,
    TakenReferralFactory,
    branch,
    consents,
    ready_to_refer,
)
from tests.factories.enterprises import ConsentFactory, GrantFactory, system

pytestmark = pytest.mark.django_db


def test_nobody_is_referred_who_was_not_told_that_their_family_is_met():
    case = ready_to_refer()

    with pytest.raises(ValidationError) as refusal:
        refer(case, is_told=False)
    assert list(refusal.value.message_dict) == ["is_told"]
    sent = refer(case)
    assert (sent.told_wording, "meets your family" in sent.told) == ("2026-11", True)
    assert ReferralFactory().told == ""


@pytest.fixture(autouse=True)
def no_other_branches():
    """Branches of the lender's own reference data do not stand in for those of the test."""
    Office.objects.filter(organisation=Office.Organisation.LENDER).update(closed_on=timezone.localdate())


def refer(case, *, by=None, version=0, to_office=None, is_told=True):
    to_office = to_office or referrals.branches_for(case).first()
    return referrals.refer_to_lender(
        case=case, to_office=to_office, by=by or case.advisor, version=version, is_told=is_told
    )


def happened(name, case, **data):
    return record(name, target=case.enterprise, by=system(), audience={LENDER}, data=data)


def test_the_branch_gets_the_client_with_the_approved_plan_and_sees_them():
    case = ready_to_refer()
    near = referrals.branches_for(case).get()
    officer = colleague(Role.LOAN_OFFICER, office=near)

    referral = refer(case)

    event = Event.objects.get(name="casework.referred")
    assert (referral.state, referral.to_office, referral.business_plan) == (
        ReferralState.SENT, near, case.business_plans.get(),
    )  # fmt: skip
    assert 5 <= (referral.due_on - timezone.localdate()).days <= 12
    assert event.data == {"office": near.pk, "due_on": referral.due_on.isoformat()}
    assert event.audience == ["advisors", "entrepreneur", "lender", "managers"]
    assert list(Grant.objects.values_list("office", "purpose", "until_at")) == [(near.pk, "referral", None)]
    assert list(Enterprise.objects.visible_to(officer)) == [case.enterprise]


def test_the_latest_approved_plan_goes_with_it():
    case = ready_to_refer()
    latest = ApprovedPlanFactory(case=case, number=2)

    assert refer(case).business_plan == latest


def no_approved_plan():
    case = SubmittedPlanFactory().case
    consents(case.person)
    branch()
    return case


def a_lead():
    case = ready_to_refer()
    Enterprise.objects.update(client_since=None)
    return Case.objects.get(pk=case.pk)


def no_consent():
    case = ApprovedPlanFactory().case
    consents(case.person, Consent.Kind.CONTACT)
    branch()
    return case


def consent_taken_back():
    case = ready_to_refer()
    Consent.objects.update(withdrawn_at=timezone.now())
    return case


def lent_already():
    case = ready_to_refer()
    answer(case, "loans.disbursed")
    return case


def answer(case, event, **data):
    """The lender's answer to a referral with the plan in force."""
    plan, happening = case.business_plans.approved().get(), happened(event, case, amount=50_000, **data)
    AnsweredReferralFactory(case=case, business_plan=plan, answering_event_id=happening.pk)


def refused_lately(days=1):
    case = ready_to_refer()
    again_on = timezone.localdate() + dt.timedelta(days=days)
    answer(case, "loans.refused", ask_again_on=again_on.isoformat())
    return case


def referred_already():
    case = ready_to_refer()
    refer(case)
    return case


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (no_approved_plan, "approved business plan"),
        (a_lead, "This is a lead still"),
        (no_consent, "has not agreed"),
        (consent_taken_back, "has not agreed"),
        (referred_already, "Wait for its answer"),
        (lent_already, "write a new plan"),
        (refused_lately, "the day to ask again has not come"),
    ],
)
def test_what_is_missing_is_said_with_its_remedy(made, words):
    case = made()
    before = Referral.objects.count()

    with pytest.raises(ValidationError, match=words):
        refer(case)

    assert words in referrals.obstacle(case).label
    assert Referral.objects.count() == before


def referred_with_a_used_plan():
    """Whether a client whose plan was lent on is sent once more, and what is said."""
    case = lent_already()
    try:
        refer(case)
    except ValidationError as refusal:
        return case.referrals.count(), refusal.code
    return case.referrals.count(), ""


def test_a_plan_that_was_lent_on_is_used_up():
    assert referred_with_a_used_plan() == (1, "lent_already")


@pytest.mark.xfail(strict=True, reason="the control: nobody asks what became of the plan", raises=AssertionError)
def test_a_plan_that_was_lent_on_is_used_up_control(monkeypatch):
    monkeypatch.setattr(referrals, "is_lent", lambda _plan: False)

    assert referred_with_a_used_plan() == (1, "lent_already")


def test_nothing_is_missing_when_plan_and_consent_stand():
    assert referrals.obstacle(ready_to_refer()) is None


def test_on_the_day_to_ask_again_nothing_is_in_the_way():
    assert referrals.obstacle(refused_lately(days=0)) is None


@pytest.mark.xfail(strict=True, reason="the control: nobody asks for the day", raises=pytest.fail.Exception)
def test_who_was_refused_lately_waits_control(monkeypatch):
    monkeypatch.setattr(referrals, "is_too_early", lambda _case, on: False)
    case = refused_lately()

    with pytest.raises(ValidationError, match="the day to ask again has not come"):
        refer(case)


@pytest.mark.parametrize(("refused_for", "declined_for", "obstacle"), [(0, 5, "too_early"), (5, 0, None)])
def test_the_newest_no_says_when_to_ask_again(refused_for, declined_for, obstacle):
    """L6: here a referral that came back after an application was refused."""
    case, again_on = ready_to_refer(), timezone.localdate()
    answer(case, "loans.refused", ask_again_on=(again_on + dt.timedelta(days=refused_for)).isoformat())
    sent_back(case, branch(), again_on=again_on + dt.timedelta(days=declined_for))

    assert referrals.obstacle(case) == obstacle


def sent_back(case, by_branch, *, again_on=None):
    plan = case.business_plans.approved().get()
    referral = ReferralFactory(case=case, business_plan=plan, to_office=by_branch)
    officer = colleague(Role.LOAN_OFFICER, office=by_branch)
    data = {"ask_again_on": again_on.isoformat()} if again_on else {}
    return referrals.decline(referral=referral, by=officer, version=0, reason="Too far.", data=data)


@pytest.mark.parametrize("is_told", [False, True])
def test_no_branch_that_sent_a_client_back_gets_them_again_before_somebody_talked_with_them(is_told):
    """N2: not even when another branch sent them back since; the talk is the control."""
    case, first = ready_to_refer(), branch()
    for one in (first, branch()):
        sent_back(case, one)
    if is_told:
        Case.objects.update(last_contact_at=timezone.now())

    try:
        state = refer(case, to_office=first).state
    except ValidationError as refusal:
        state = list(refusal.message_dict)

    assert state == ("sent" if is_told else ["to_office"])


def test_after_a_no_the_same_plan_may_be_sent_again_and_after_a_loan_a_new_one():
    refused, lent = ready_to_refer(), lent_already()
    answer(refused, "loans.refused")
    ApprovedPlanFactory(case=lent, number=2)

    assert [referrals.obstacle(case) for case in (refused, lent)] == [None, None]


def test_the_database_holds_that_one_referral_is_open():
    """The control: without the look beforehand the constraint refuses."""
    first = ReferralFactory()

    with pytest.raises(IntegrityError):
        ReferralFactory(
            case=first.case, business_plan=first.business_plan, to_office=first.to_office, grant=first.grant
        )


def test_a_closed_case_is_not_referred():
    case = ready_to_refer()
    Case.objects.update(state="closed", closed_at=timezone.now(), outcome="moved")

    with pytest.raises(MoveRefused):
        refer(case)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_refer(role):
    with pytest.raises(PermissionDenied):
        refer(ready_to_refer(), by=colleague(role))


def test_a_case_that_changed_meanwhile_is_not_referred():
    case = ready_to_refer()
    Case.objects.update(version=1)

    with pytest.raises(EditConflict):
        refer(case)


def test_a_branch_far_away_is_refused():
    case = ready_to_refer()

    with pytest.raises(ValidationError):
        refer(case, to_office=branch("karachi-south"))


def test_branches_near_the_client_come_first():
    case = CalledFactory()
    near, _far = branch("multan"), branch("lahore")
    _closed = branch("multan", closed_on=timezone.localdate())

    assert list(referrals.branches_for(case)) == [near]


def test_without_a_branch_in_the_district_those_of_the_province_are_offered():
    case = CalledFactory()
    in_province, _elsewhere = branch("lahore"), branch("karachi-south")
    gone = branch("multan")
    OfficeDistrict.objects.filter(office=gone).update(until_on=timezone.localdate() - dt.timedelta(days=1))

    assert list(referrals.branches_for(case)) == [in_province]


def test_the_application_takes_the_referral_up():
    referral = ReferralFactory()

    happened("loans.received", referral.case)

    referral.refresh_from_db()
    assert (referral.state, referral.ended_at) == (ReferralState.TAKEN, None)
    assert names_of(Referral, referral.pk) == ["casework.referral_taken"]
    assert referral.grant.until_at is None


def test_a_second_application_changes_nothing():
    referral = TakenReferralFactory()

    happened("loans.received", referral.case)

    assert names_of(Referral, referral.pk) == []


@pytest.mark.parametrize("made", [ReferralFactory, TakenReferralFactory])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("loans.refused", "casework.referral_answered"),
        ("loans.withdrawn", "casework.referral_dropped"),
        ("loans.disbursed", "casework.referral_answered"),
    ],
)
def test_the_lenders_decision_answers_the_referral_and_ends_its_sight(made, name, told):
    """Where nobody asks for the loan any more, no history says that anybody answered."""
    referral = made()

    event = happened(name, referral.case, amount=50_000)

    referral.refresh_from_db()
    referral.grant.refresh_from_db()
    assert (referral.state, referral.answering_event_id) == (ReferralState.ANSWERED, event.pk)
    assert names_of(Referral, referral.pk) == [told]
    assert (referral.ended_at is not None, referral.grant.until_at is not None) == (True, True)


def test_the_applications_own_grant_goes_on():
    referral = TakenReferralFactory()
    own = GrantFactory(enterprise=referral.case.enterprise, office=referral.to_office, purpose="application")

    happened("loans.disbursed", referral.case, amount=50_000)

    own.refresh_from_db()
    officer = colleague(Role.LOAN_OFFICER, office=referral.to_office)
    assert (own.until_at, list(Enterprise.objects.visible_to(officer))) == (None, [referral.case.enterprise])


def test_the_branch_declines_with_its_reason_and_sees_the_client_no_more():
    referral = ReferralFactory()
    officer = colleague(Role.LOAN_OFFICER, office=referral.to_office)

    declined = referrals.decline(referral=referral, by=officer, version=0, reason="No unit in this village yet.")

    assert (declined.state, declined.reason) == (ReferralState.DECLINED, "No unit in this village yet.")
    assert names_of(Referral, referral.pk) == ["casework.referral_declined"]
    assert list(Enterprise.objects.visible_to(officer)) == []


def test_declining_needs_a_reason():
    referral = ReferralFactory()
    officer = colleague(Role.LOAN_OFFICER, office=referral.to_office)

    with pytest.raises(ValidationError):
        referrals.decline(referral=referral, by=officer, version=0, reason="")


@pytest.mark.parametrize("role", [Role.LOAN_OFFICER, Role.ADVISOR, Role.PROGRAMME_MANAGER])
def test_only_the_office_referred_to_declines(role):
    with pytest.raises(PermissionDenied):
        referrals.decline(referral=ReferralFactory(), by=colleague(role), version=0, reason="No.")


def test_a_permission_that_ran_out_takes_back_what_was_not_taken_up_and_says_so():
    referral = ReferralFactory()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    ConsentFactory(person=referral.case.person, kind=Consent.Kind.SHARE, until_on=yesterday)

    assert consent_actions.lapse(now=timezone.now()) == 1

    referral.refresh_from_db()
    assert referral.state == ReferralState.WITHDRAWN
    assert referral.reason == "The permission to share these details ran out. Ask the client again."


def test_permission_to_share_taken_back_takes_back_what_was_not_taken_up():
    referral = ReferralFactory()
    person = referral.case.person
    consents(person)

    consent_actions.withdraw(person=person, kind=Consent.Kind.SHARE, by=person.user)

    referral.refresh_from_db()
    referral.grant.refresh_from_db()
    assert (referral.state, referral.grant.until_at is not None) == (ReferralState.WITHDRAWN, True)
    assert referral.reason == "The client no longer agrees that these details are shared."
    assert names_of(Referral, referral.pk) == ["casework.referral_withdrawn"]


def test_what_was_taken_up_goes_on():
    referral = TakenReferralFactory()
    consents(referral.case.person)

    consent_actions.withdraw(person=referral.case.person, kind=Consent.Kind.SHARE, by=referral.case.person.user)

    referral.refresh_from_db()
    assert referral.state == ReferralState.TAKEN


def test_permission_to_be_contacted_taken_back_leaves_the_referral():
    referral = ReferralFactory()
    consents(referral.case.person)

    consent_actions.withdraw(person=referral.case.person, kind=Consent.Kind.CONTACT, by=referral.case.person.user)

    referral.refresh_from_db()
    assert referral.state == ReferralState.SENT


@pytest.mark.parametrize("state", [ReferralState.ANSWERED, ReferralState.DECLINED, ReferralState.WITHDRAWN])
def test_an_ended_referral_stays_as_it_ended(state):
    referral = REFERRALS[state]()

    happened("loans.received", referral.case)
    happened("loans.disbursed", referral.case, amount=50_000)

    referral.refresh_from_db()
    assert (referral.state, names_of(Referral, referral.pk)) == (state, [])


def test_a_referral_does_not_end_without_evidence():
    with pytest.raises(IntegrityError):
        ReferralFactory(state=ReferralState.ANSWERED, ended_at=timezone.now())

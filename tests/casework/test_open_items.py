import datetime as dt

import pytest
from django.db.models import Q
from django.utils import timezone

from accounts.roles import Role
from casework.models import StepKind
from casework.open_items import ESCALATED, open_items
from enterprises.models import Person
from journal.open_items import Scope, united
from tests.factories.accounts import AbsenceFactory, colleague
from tests.factories.casework import (
    CASES,
    PLANS,
    REFERRALS,
    CalledFactory,
    CallFactory,
    CaseFactory,
    ClosedFactory,
    DeclinedReferralFactory,
    IntroductionFactory,
    OfferedIntroductionFactory,
    PlannedFactory,
    ReferralFactory,
    StepFactory,
    StepKindFactory,
    SubmittedPlanFactory,
    TakenReferralFactory,
    WithdrawnReferralFactory,
    WritingFactory,
    ready_to_refer,
    smeda_office,
)
from tests.factories.enterprises import system
from tests.factories.outcomes import FollowUpFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)
YESTERDAY, TOMORROW = dt.date(2026, 11, 23), dt.date(2026, 11, 25)


def items(today=TODAY, **scope):
    return united(open_items(Scope(today=today, **scope)), limit=50)


def found(today=TODAY, **scope):
    """(kind, record, owner) of what is open in the scope."""
    return [(item["kind"], item["target_id"], item["owner"]) for item in items(today, **scope)]


def test_a_new_case_waits_for_its_first_call():
    case = CaseFactory(first_contact_due_on=TOMORROW)

    (item,) = items(enterprise_ids=[case.enterprise_id])

    assert item == {
        "kind": "casework.first_contact",
        "enterprise_id": case.enterprise_id,
        "since": case.opened_at,
        "due_on": TOMORROW,
        "owner": "advisor",
        "holder_id": case.advisor_id,
        "office_id": case.office_id,
        "target_id": case.pk,
    }


@pytest.mark.parametrize("state", [state for state in CASES if state != "new"])
def test_once_called_it_waits_no_longer(state):
    case = CASES[state]()

    assert found(enterprise_ids=[case.enterprise_id]) == []


@pytest.mark.parametrize("made", [CalledFactory, PlannedFactory])
def test_the_next_contact_is_open_until_the_case_closes(made):
    case = made(next_contact_on=TOMORROW)

    (item,) = items(user_id=case.advisor_id)

    assert (item["kind"], item["due_on"], item["since"]) == ("casework.next_contact", TOMORROW, case.last_contact_at)


@pytest.mark.parametrize(
    ("owner", "said"), [("entrepreneur", "entrepreneur"), ("advisor", "advisor"), ("partner", "advisor")]
)
def test_a_step_waits_for_whoever_does_it(owner, said):
    step = StepFactory(kind=StepKindFactory(owner=owner), due_on=TOMORROW)

    (item,) = items(user_id=step.case.advisor_id)

    assert item == {
        "kind": "casework.step",
        "enterprise_id": step.case.enterprise_id,
        "since": step.set_at,
        "due_on": TOMORROW,
        "owner": said,
        "holder_id": step.case.advisor_id,
        "office_id": step.case.office_id,
        "target_id": step.pk,
    }


def test_done_steps_and_steps_of_closed_cases_wait_for_nobody():
    done = StepFactory()
    done.closed_at, done.closed_by = done.set_at, done.set_by
    done.save()
    closed = StepFactory(case=ClosedFactory())

    assert found(enterprise_ids=[done.case.enterprise_id, closed.case.enterprise_id]) == []


def test_a_sent_plan_waits_for_the_office_and_not_for_its_author():
    plan = SubmittedPlanFactory()
    office_ids = frozenset({plan.case.office_id})
    reader = colleague(Role.ADVISOR, office=plan.case.office)
    waits = [("casework.business_plan", plan.pk, "advisor")]

    assert found(user_id=reader.pk, office_ids=office_ids) == waits
    assert found(user_id=plan.author_id, office_ids=office_ids, enterprise_ids=[plan.case.enterprise_id]) == []
    assert found(enterprise_ids=[plan.case.enterprise_id]) == waits


def test_a_draft_waits_for_nobody():
    plan = PLANS["draft"]()

    assert found(enterprise_ids=[plan.case.enterprise_id]) == []


def test_a_plan_that_was_sent_back_waits_for_whoever_has_the_case():
    """Not for its author, who may have left."""
    plan = PLANS["returned"](author=colleague(Role.ADVISOR))

    (item,) = items(user_id=plan.case.advisor_id)

    assert item == {
        "kind": "casework.business_plan_return",
        "enterprise_id": plan.case.enterprise_id,
        "since": plan.returned_at,
        "due_on": plan.due_on,
        "owner": "advisor",
        "holder_id": plan.case.advisor_id,
        "office_id": plan.case.office_id,
        "target_id": plan.pk,
    }
    assert found(user_id=plan.author_id) == []


def test_an_approved_plan_waits_until_the_client_is_referred():
    plan = ready_to_refer().business_plans.get()
    before = found(user_id=plan.case.advisor_id)

    REFERRALS["sent"](case=plan.case, business_plan=plan)

    assert (before, found(user_id=plan.case.advisor_id)) == ([("casework.to_refer", plan.pk, "advisor")], [])


@pytest.mark.parametrize("ended", [{"withdrawn_at": timezone.now()}, {"until_on": YESTERDAY}])
def test_without_the_clients_yes_they_are_asked_first(ended):
    case = ready_to_refer()
    case.person.consents.filter(kind="share").update(**ended)

    assert [row[::2] for row in found(user_id=case.advisor_id)] == [("casework.to_share", "advisor")]


def test_without_the_clients_yes_control(monkeypatch):
    """The control: without the look at the permission the advisor would be told to refer."""
    monkeypatch.setattr("casework.open_items.business_plans.lets_share", lambda **_of: ~Q(pk__in=[]))
    with pytest.raises(AssertionError, match="to_refer"):
        test_without_the_clients_yes_they_are_asked_first({"until_on": YESTERDAY})


NOBODY_GOES_ON = {
    "a lead": lambda: {"case__enterprise__client_since": None},
    "nobody may call": lambda: {"case__lets_contact": False},
    "the case is closed": lambda: {"case": ClosedFactory()},
    "the client does not want it": lambda: {"set_aside_at": timezone.now(), "set_aside_by": system()},
}


@pytest.mark.parametrize("why", NOBODY_GOES_ON)
def test_an_approved_plan_waits_for_nobody_where_nobody_may_or_wants_to_go_on(why):
    plan = PLANS["approved"](**NOBODY_GOES_ON[why]())

    assert found(user_id=plan.case.advisor_id) == []


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_a_plan_that_is_only_written_takes_no_place(state):
    """The client could wait for ever for a plan that nobody finishes."""
    plan = PLANS["approved"]()
    PLANS[state](case=plan.case, number=2)

    assert ("casework.to_share", plan.pk, "advisor") in found(user_id=plan.case.advisor_id)


def test_a_newer_approved_plan_takes_the_place_of_an_older_one():
    plan = PLANS["approved"]()
    newer = PLANS["approved"](case=plan.case, number=2)

    assert found(user_id=plan.case.advisor_id) == [("casework.to_share", newer.pk, "advisor")]


def test_a_referral_waits_for_its_branch_and_shows_to_the_one_who_sent_it():
    referral = ReferralFactory()
    officer = colleague(Role.LOAN_OFFICER, office=referral.to_office)
    waits = [("casework.referral", referral.pk, "lender")]

    assert found(user_id=officer.pk, office_ids=officer.office_ids) == waits
    assert found(enterprise_ids=[referral.case.enterprise_id]) == waits


def test_a_referral_that_was_taken_up_leaves_the_waiting_to_its_application():
    referral = TakenReferralFactory()

    assert found(enterprise_ids=[referral.case.enterprise_id]) == []


def test_an_answered_referral_waits_for_nobody():
    referral = REFERRALS["answered"]()

    assert found(enterprise_ids=[referral.case.enterprise_id]) == []


def manager_over(office):
    return colleague(Role.REGIONAL_MANAGER, office=office)


@pytest.mark.parametrize("levels", [0, 1, 2])
def test_an_overdue_first_call_stands_on_the_managers_own_list(levels):
    top = office = smeda_office("lahore", depth=0)
    for level in range(levels):
        office = smeda_office("multan", parent=office, depth=level + 1)
    case = CaseFactory(office=office, first_contact_due_on=YESTERDAY)
    manager = manager_over(top)

    assert found(user_id=manager.pk) == [("casework.first_contact", case.pk, "advisor")]
    assert found(user_id=case.advisor_id) == [("casework.first_contact", case.pk, "advisor")]


def test_a_call_that_is_not_overdue_does_not_escalate():
    case = CaseFactory(first_contact_due_on=TODAY)

    assert found(user_id=manager_over(case.office).pk) == []


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.PROGRAMME_MANAGER, Role.TRAINER])
def test_what_an_advisor_is_late_with_does_not_escalate_to_others(role):
    case = CaseFactory(first_contact_due_on=YESTERDAY)
    manager_over(case.office)

    assert found(user_id=colleague(role, office=case.office).pk) == []


@pytest.mark.parametrize("has_other", [False, True])
def test_the_delay_of_a_manager_who_has_the_case_herself_goes_to_somebody_else(has_other):
    """C1: to the manager above, and where there is none to the programme's."""
    region = smeda_office("lahore", depth=1)
    office = smeda_office("multan", parent=region, depth=2)
    case = CaseFactory(office=office, advisor=manager_over(office), first_contact_due_on=YESTERDAY)
    above = manager_over(region) if has_other else None
    programme = colleague(Role.PROGRAMME_MANAGER)

    escalated = [("casework.first_contact", case.pk, "advisor")]
    assert found(user_id=programme.pk) == ([] if has_other else escalated)
    assert above is None or found(user_id=above.pk) == escalated


def test_a_manager_who_has_the_case_sees_it_once():
    office = smeda_office()
    manager = manager_over(office)
    case = CaseFactory(office=office, advisor=manager, first_contact_due_on=YESTERDAY)

    assert found(user_id=manager.pk) == [("casework.first_contact", case.pk, "advisor")]


def test_the_team_list_shows_it_once_too():
    case = CaseFactory(first_contact_due_on=YESTERDAY)
    manager = manager_over(case.office)

    assert found(user_id=manager.pk, office_ids=manager.office_ids, is_team=True) == [
        ("casework.first_contact", case.pk, "advisor")
    ]


def test_today_is_the_day_unless_another_is_asked_for():
    case = CaseFactory(first_contact_due_on=dt.date(2000, 1, 3))

    rows = united(open_items(Scope(user_id=manager_over(case.office).pk)), limit=5)

    assert [(row["kind"], row["target_id"]) for row in rows] == [("casework.first_contact", case.pk)]


def asked_by_phone():
    """Asked three weeks ago how the business goes, without a page to answer on."""
    case = CalledFactory()
    FollowUpFactory(case=case, asked_at=timezone.now() - dt.timedelta(days=21))
    Person.objects.filter(pk=case.person_id).update(cnic=None, cnic_standing="none")
    return case


def approved_late(*, lets_share):
    """A plan that the lender could be asked for since before yesterday."""
    case = ready_to_refer()
    case.business_plans.update(due_on=YESTERDAY)
    if not lets_share:
        case.person.consents.filter(kind="share").update(withdrawn_at=timezone.now())
    return case


def late_ones():
    """One of each kind that an advisor has, due yesterday, and for whom it stands."""
    yield "casework.next_contact", CalledFactory(next_contact_on=YESTERDAY)
    yield "casework.call", CallFactory(due_on=YESTERDAY, case=CalledFactory()).case
    yield "casework.lost_text", CallFactory(due_on=YESTERDAY, is_lost=True, case=CalledFactory()).case
    yield "casework.health_check", CalledFactory(first_contact_at=timezone.now() - dt.timedelta(days=20))
    yield "casework.outcome", asked_by_phone()
    yield "casework.step", StepFactory(due_on=YESTERDAY, kind__owner=StepKind.Owner.PARTNER).case
    yield "casework.to_refer", approved_late(lets_share=True)
    yield "casework.to_share", approved_late(lets_share=False)
    yield "casework.answer", DeclinedReferralFactory(due_on=YESTERDAY).case
    yield "casework.introduction", IntroductionFactory(due_on=YESTERDAY).case
    yield "casework.writing", WritingFactory(due_on=YESTERDAY).case
    yield "casework.offered_answer", OfferedIntroductionFactory(due_on=YESTERDAY).case
    yield "casework.withdrawn", WithdrawnReferralFactory(due_on=YESTERDAY).case


def test_whatever_an_advisor_is_late_with_stands_on_the_managers_list():
    """What clients are told is true of each kind of which they are told it."""
    for kind, case in late_ones():
        kinds = {row[0] for row in found(user_id=manager_over(case.office).pk)}
        assert kinds == {kind}
    assert {kind for kind, _case in late_ones()} | {"casework.first_contact"} == ESCALATED


def test_a_step_of_the_clients_own_is_not_the_managers():
    step = StepFactory(due_on=YESTERDAY)

    assert found(user_id=manager_over(step.case.office).pk) == []


@pytest.mark.parametrize(
    ("away", "day", "stands"), [(True, TODAY, True), (False, TODAY, False), (True, TOMORROW, False)]
)
def test_what_comes_due_while_the_advisor_is_away_stands_on_the_managers_list_that_day(away, day, stands):
    case = CaseFactory(first_contact_due_on=day)
    if away:
        AbsenceFactory(user=case.advisor, from_on=TODAY)

    assert bool(found(user_id=manager_over(case.office).pk)) is stands

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework.actions import business_plans
from casework.models import BusinessPlan, StepKind
from casework.states import BusinessPlanState
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from tests.casework.asking import names_of
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.casework import (
    PLANS,
    ApprovedPlanFactory,
    BusinessPlanFactory,
    CalledFactory,
    ClosedFactory,
    ReferralFactory,
    ReturnedPlanFactory,
    StepFactory,
    SubmittedPlanFactory,
)

pytestmark = pytest.mark.django_db


def line(part, amount, name="", **said):
    return {"part": part, "code": "", "name": name or part, "amount": amount} | said


FACTS = {
    "purpose": "A motor for the machine",
    "trade": None,
    "lines": [line("start", 50_000), line("costs", 20_000), line("costs", 10_000, "Rent"), line("sales", 50_000)],
    "own_share": 10_000,
    "months": 12,
}
SUMS = {"sales": 50_000, "costs": 30_000, "loan_wanted": 40_000}


def second_advisor(plan):
    return colleague(Role.ADVISOR, office=plan.case.office)


def test_a_plan_is_written_as_a_draft():
    case = CalledFactory()

    plan = business_plans.write(case=case, by=case.advisor, **FACTS)

    assert (plan.number, plan.state, plan.author) == (1, BusinessPlanState.DRAFT, case.advisor)
    assert {name: getattr(plan, name) for name in FACTS | SUMS} == FACTS | SUMS
    assert (plan.profit, plan.monthly_instalment) == (20_000, 3_334)


def test_the_next_plan_has_the_next_number():
    first = ApprovedPlanFactory(number=3)

    second = business_plans.write(case=first.case, by=first.case.advisor, **FACTS)

    assert second.number == 4


@pytest.mark.parametrize("state", [state for state in PLANS if state != BusinessPlanState.APPROVED])
def test_one_plan_at_a_time_is_in_the_making(state):
    plan = PLANS[state]()

    with pytest.raises(ValidationError):
        business_plans.write(case=plan.case, by=plan.case.advisor, **FACTS)


def test_the_database_holds_that_one_plan_is_in_the_making():
    """The control: without the look beforehand the constraint refuses."""
    plan = BusinessPlanFactory()

    with pytest.raises(IntegrityError):
        BusinessPlanFactory(case=plan.case, number=2)


def test_a_closed_case_has_no_new_plan():
    case = ClosedFactory()

    with pytest.raises(MoveRefused):
        business_plans.write(case=case, by=case.advisor, **FACTS)


def test_a_draft_of_a_closed_case_is_neither_changed_nor_sent():
    plan = BusinessPlanFactory(case=ClosedFactory())

    with pytest.raises(MoveRefused):
        business_plans.rewrite(plan=plan, by=plan.author, version=0, **FACTS)
    with pytest.raises(MoveRefused):
        business_plans.submit(plan=plan, by=plan.author, version=0)


@pytest.mark.parametrize(("needed", "said"), [(10_000, "own_share"), (9_000, "own_share"), (10_010_001, "loan_wanted")])
def test_a_loan_out_of_bounds_is_refused(needed, said):
    """It is what own money leaves missing, and nobody types it."""
    case = CalledFactory()

    with pytest.raises(ValidationError) as refusal:
        business_plans.write(case=case, by=case.advisor, **FACTS | {"lines": [line("start", needed)]})

    assert list(refusal.value.error_dict) == [said]


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_write_and_change_plans(role):
    outsider, plan = colleague(role), BusinessPlanFactory()

    with pytest.raises(PermissionDenied):
        business_plans.write(case=CalledFactory(), by=outsider, **FACTS)
    with pytest.raises(PermissionDenied):
        business_plans.rewrite(plan=plan, by=outsider, version=0, **FACTS)


def test_who_changes_a_plan_becomes_its_author():
    plan = ReturnedPlanFactory()
    other = second_advisor(plan)

    changed = business_plans.rewrite(plan=plan, by=other, version=0, **FACTS)

    changed.refresh_from_db()
    assert (changed.author, changed.version, changed.state) == (other, 1, BusinessPlanState.RETURNED)
    assert {name: getattr(changed, name) for name in FACTS | SUMS} == FACTS | SUMS
    assert changed.all_writers == {plan.author.pk, other.pk}
    third = second_advisor(plan)
    readers = [user.has_perm("casework.approve_business_plan", changed) for user in (other, plan.author, third)]
    assert readers == [False, False, True]


@pytest.mark.parametrize("made", [SubmittedPlanFactory, ApprovedPlanFactory])
def test_a_plan_that_is_read_or_approved_is_not_changed(made):
    plan = made()

    with pytest.raises(MoveRefused):
        business_plans.rewrite(plan=plan, by=plan.author, version=0, **FACTS)


def test_a_plan_is_not_changed_over_somebody_elses_change():
    plan = BusinessPlanFactory(version=1)

    with pytest.raises(EditConflict):
        business_plans.rewrite(plan=plan, by=plan.author, version=0, **FACTS)


def test_a_sent_plan_is_read_within_two_working_days_and_its_old_remark_is_gone():
    plan = ReturnedPlanFactory()

    sent = business_plans.submit(plan=plan, by=plan.author, version=0)

    assert (sent.state, sent.remark) == (BusinessPlanState.SUBMITTED, "")
    assert 2 <= (sent.due_on - timezone.localdate()).days <= 9
    assert Event.objects.get().audience == ["advisors", "managers"]


def tried(made, act, **figures):
    """What somebody is told who sends or approves a plan with these figures, and where it is then."""
    plan = made(**figures)
    by = plan.author if act is business_plans.submit else second_advisor(plan)
    said = ""
    try:
        act(plan=plan, by=by, version=0)
    except ValidationError as refusal:
        said = refusal.code
    return said, BusinessPlan.objects.get().state


LOSING = [
    (BusinessPlanFactory, business_plans.submit, "draft"),
    (SubmittedPlanFactory, business_plans.approve, "submitted"),
]


@pytest.mark.parametrize("costs", [60_000, 70_000])
@pytest.mark.parametrize(("made", "act", "state"), LOSING)
def test_a_plan_that_leaves_nothing_goes_no_further(made, act, state, costs):
    assert tried(made, act, sales=60_000, costs=costs) == ("leaves_nothing", state)


@pytest.mark.xfail(strict=True, reason="the control: nobody looks at what is left", raises=AssertionError)
@pytest.mark.parametrize(("made", "act", "state"), LOSING)
def test_a_plan_that_leaves_nothing_goes_no_further_control(made, act, state, monkeypatch):
    monkeypatch.setattr(business_plans, "refuse_loss", lambda _plan: None)

    assert tried(made, act, sales=60_000, costs=60_000) == ("leaves_nothing", state)


@pytest.mark.parametrize(("made", "act", "state"), LOSING)
def test_a_plan_that_leaves_a_rupee_goes_on(made, act, state):
    assert tried(made, act, sales=60_000, costs=59_999)[0] == ""


def test_a_colleague_approves_and_the_step_closes_by_itself():
    plan = SubmittedPlanFactory()
    step = StepFactory(case=plan.case, kind=StepKind.objects.get(code="business-plan"))
    reader = second_advisor(plan)

    approved = business_plans.approve(plan=plan, by=reader, version=0)

    step.refresh_from_db()
    event = Event.objects.get(name="casework.business_plan_approved")
    assert (approved.state, approved.approved_by, approved.approved_at.date()) == (
        BusinessPlanState.APPROVED, reader, dt.datetime.now(dt.UTC).date(),
    )  # fmt: skip
    assert event.data == {"number": 1, "loan_wanted": 50_000}
    assert event.audience == ["advisors", "entrepreneur", "lender", "managers"]
    assert step.closing_event_id == event.pk


def approve_as_author(plan):
    business_plans.approve(plan=plan, by=plan.author, version=0)


def test_the_author_cannot_approve():
    plan = SubmittedPlanFactory()

    with pytest.raises(PermissionDenied):
        approve_as_author(plan)


def test_the_author_cannot_approve_even_where_the_rule_is_off(monkeypatch):
    """The rule's failing control: without it the same call gets further, to the database's own refusal."""
    monkeypatch.setattr("accounts.models.User.has_perm", lambda *_args: True)
    plan = SubmittedPlanFactory()

    with pytest.raises(ValidationError, match="casework_business_plan_maker_is_not_checker"):
        approve_as_author(plan)


def test_the_database_refuses_an_author_who_approves():
    plan = SubmittedPlanFactory()
    approval = {"state": "approved", "approved_by": plan.author, "approved_at": timezone.now()}

    with pytest.raises(IntegrityError):
        BusinessPlan.objects.filter(pk=plan.pk).update(**approval)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_approve(role):
    with pytest.raises(PermissionDenied):
        business_plans.approve(plan=SubmittedPlanFactory(), by=colleague(role), version=0)


def test_a_plan_sent_back_says_what_is_missing():
    plan = SubmittedPlanFactory()

    returned = business_plans.send_back(plan=plan, by=second_advisor(plan), version=0, remark="The rent.")

    assert (returned.state, returned.remark) == (BusinessPlanState.RETURNED, "The rent.")
    assert names_of(BusinessPlan, plan.pk) == ["casework.business_plan_returned"]


def test_who_reads_it_again_reads_what_was_said_of_it_before(signed_in):
    """Also what somebody else said; the client reads none of it."""
    plan = SubmittedPlanFactory()
    first, second = second_advisor(plan), second_advisor(plan)
    for reader, remark in ((first, "The rent is missing."), (second, "So is the tax.")):
        plan = business_plans.send_back(plan=plan, by=reader, version=plan.version, remark=remark)
        back = signed_in(plan.author).get(plan.get_absolute_url())
        assert (back.text.count(remark), remark in [said["text"] for said in back.context["remarks"]]) == (1, False)
        plan = business_plans.submit(plan=plan, by=plan.author, version=plan.version)

    shown = signed_in(second).get(plan.get_absolute_url())
    assert [(said["text"], said["by"]) for said in shown.context["remarks"]] == [
        ("The rent is missing.", str(first)), ("So is the tax.", str(second)),
    ]  # fmt: skip
    assert "So is the tax." in shown.text
    business_plans.approve(plan=plan, by=first, version=plan.version)
    assert remarks_for_client(plan, signed_in) == []


def remarks_for_client(plan, signed_in):
    user = EntrepreneurUserFactory()
    type(plan.case.person).objects.filter(pk=plan.case.person_id).update(user=user)
    return signed_in(user).get(plan.get_absolute_url()).context["remarks"]


def test_a_plan_is_not_sent_back_without_a_word():
    plan = SubmittedPlanFactory()

    with pytest.raises(ValidationError):
        business_plans.send_back(plan=plan, by=second_advisor(plan), version=0, remark="")


def test_what_is_sent_back_or_approved_has_a_day_by_which_somebody_goes_on():
    """D6: neither lies where nobody looks."""
    sent, read = SubmittedPlanFactory(), SubmittedPlanFactory()
    today = timezone.localdate()

    sent = business_plans.send_back(plan=sent, by=second_advisor(sent), version=0, remark="The rent is missing.")
    read = business_plans.approve(plan=read, by=second_advisor(read), version=0)

    assert timezone.localdate(sent.returned_at) == today
    assert [3 <= (sent.due_on - today).days <= 9, 5 <= (read.due_on - today).days <= 14] == [True, True]


def test_a_client_who_does_not_want_the_loan_is_no_longer_waited_for():
    plan = ApprovedPlanFactory()
    by = plan.case.advisor

    aside = business_plans.set_aside(plan=plan, by=by, version=0)

    assert (aside.set_aside_by, aside.set_aside_at is not None, aside.version) == (by, True, 1)
    assert names_of(BusinessPlan, plan.pk) == ["casework.business_plan_set_aside"]
    with pytest.raises(ValidationError, match=f"does not want this loan: {by}"):
        business_plans.set_aside(plan=plan, by=by, version=1)


def test_once_referred_a_plan_is_not_set_aside_and_it_says_by_whom():
    plan = ApprovedPlanFactory()
    sent = ReferralFactory(case=plan.case, business_plan=plan)

    with pytest.raises(ValidationError, match=f"was referred to the lender with this plan: {sent.by}"):
        business_plans.set_aside(plan=plan, by=plan.case.advisor, version=0)


@pytest.mark.parametrize("state", sorted(set(PLANS) - {BusinessPlanState.APPROVED}))
def test_only_an_approved_plan_is_set_aside(state):
    plan = PLANS[state]()

    with pytest.raises(MoveRefused):
        business_plans.set_aside(plan=plan, by=plan.case.advisor, version=0)


def test_a_stranger_sets_no_plan_aside():
    with pytest.raises(PermissionDenied):
        business_plans.set_aside(plan=ApprovedPlanFactory(), by=colleague(Role.LOAN_OFFICER), version=0)


def test_the_database_holds_that_only_an_approved_plan_is_set_aside():
    with pytest.raises(IntegrityError, match="casework_only_an_approved_plan_is_set_aside"):
        SubmittedPlanFactory(set_aside_at=timezone.now(), set_aside_by=colleague(Role.ADVISOR))


# One at a time


def test_where_one_is_begun_its_page_is_shown_before_anything_is_typed(signed_in):
    plan = BusinessPlanFactory()
    client = signed_in(plan.author)
    create = reverse("casework:business-plan-create", args=[plan.case_id])

    answer = client.get(create, follow=True)

    assert answer.redirect_chain == [(plan.get_absolute_url(), 302)]
    assert "A business plan of this client is not approved yet: this is it." in answer.text
    case = client.get(plan.case.get_absolute_url()).text
    assert (plan.get_absolute_url() in case, create in case, "Go on with the business plan" in case) == (
        True, False, True
    )  # fmt: skip


def test_what_was_typed_meanwhile_is_shown_and_not_lost(signed_in):
    """A colleague began one while the page stood open."""
    plan = BusinessPlanFactory()
    client = signed_in(plan.author)
    create = reverse("casework:business-plan-create", args=[plan.case_id])
    typed = {"purpose": "Two machines", "request_key": str(uuid.uuid4())}

    refused = client.post(create, typed, headers={"Sec-Fetch-Mode": "navigate"})

    assert "Two machines" in client.get(refused["Location"]).text

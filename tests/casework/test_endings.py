"""What a case needs before it ends: nothing that waits for somebody, and what each way of ending asks for."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework.actions import cases, endings, flags
from casework.models import Flag
from casework.states import CaseState, FlagState
from journal.models import Event
from journal.moves import MoveRefused
from tests.factories.accounts import colleague
from tests.factories.casework import (
    CalledFactory,
    ClearedFlagFactory,
    ClosedFactory,
    FlagFactory,
    PlannedFactory,
    ReferralFactory,
    StepFactory,
    SubmittedPlanFactory,
)
from tests.factories.health import DoneHealthCheckFactory, HealthCheckFactory

pytestmark = pytest.mark.django_db


def stands(*, steps=("done",), checks=2):
    """A case with steps that are open, done or dropped, and so many finished business checks."""
    case = PlannedFactory()
    ended = {"closed_at": timezone.now(), "closed_by": case.advisor}
    facts = {"open": {}, "done": ended, "dropped": ended | {"dropped_because": "Not needed."}}
    for step in steps:
        StepFactory(case=case, **facts[step])
    DoneHealthCheckFactory.create_batch(checks, case=case)
    return case


def close(case, by=None, outcome="graduated", note=""):
    return cases.close(case=case, by=by or case.advisor, version=case.version, outcome=outcome, note=note)


def manager_of(case):
    return colleague(Role.REGIONAL_MANAGER, office=case.office)


def page_of(signed_in, user, case):
    return signed_in(user).get(reverse("casework:case-close", args=[case.pk]))


def test_whoever_did_the_plan_and_was_checked_twice_stands_on_their_own():
    case = close(stands(steps=["done", "dropped"]))

    assert (case.state, case.outcome) == (CaseState.CLOSED, "graduated")
    assert Event.objects.get(name="casework.closed").data == {"outcome": "graduated"}


@pytest.mark.parametrize(
    ("had", "codes", "said"),
    [
        ({"steps": []}, ["plan"], "No step of a plan was done"),
        ({"steps": ["dropped"]}, ["plan"], "No step of a plan was done"),
        ({"steps": ["done", "open"]}, ["steps"], "1 step of the plan is open"),
        ({"steps": ["open", "open"]}, ["steps"], "2 steps of the plan are open"),
        ({"checks": 1}, ["checks"], "Business checks: 1 of 2"),
        ({"steps": [], "checks": 0}, ["plan", "checks"], "Business checks: 0 of 2"),
    ],
)
def test_what_lacks_is_said_and_a_manager_may_set_it_aside_for_a_reason(had, codes, said):
    case = stands(**had)
    manager = manager_of(case)

    with pytest.raises(ValidationError, match=said):
        close(case, note="She does well.")
    with pytest.raises(ValidationError, match="Say why it stands on its own"):
        close(case, by=manager)
    closed = close(case, by=manager, note="She does well.")

    assert closed.outcome == "graduated"
    assert Event.objects.get(name="casework.closed").data == {"outcome": "graduated", "lacking": codes}


def test_a_check_that_is_only_begun_is_none():
    case = stands(checks=1)
    HealthCheckFactory(case=case)

    assert [lack.code for lack in endings.lacking_alone(case)] == ["checks"]


def test_a_manager_who_has_the_case_does_not_set_it_aside():
    case = stands(checks=0)
    case.advisor = manager_of(case)
    case.save(update_fields=["advisor"])

    with pytest.raises(ValidationError, match="a manager closes it so"):
        close(case, note="She does well.")


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="the control: nothing is asked of an ending")
def test_what_lacks_is_said_control(monkeypatch):
    monkeypatch.setattr(endings, "lacking_alone", lambda case: [])

    with pytest.raises(ValidationError, match="Business checks"):
        close(stands(checks=0))


@pytest.mark.parametrize("outcome", ["dropped_out", "refused", "moved", "died"])
def test_other_endings_ask_for_nothing_of_it(outcome):
    assert close(stands(steps=["open"], checks=0), outcome=outcome).outcome == outcome


# Flags


@pytest.mark.parametrize("outcome", ["graduated", "dropped_out", "died"])
def test_no_flag_stays_on_a_closed_case(outcome):
    case = stands()
    flag = FlagFactory(case=case)

    with pytest.raises(ValidationError, match="A flag is not settled yet: somebody's safety"):
        close(case, outcome=outcome)

    flags.clear(flag=flag, by=flag.owner, version=flag.version, clearing="She is well.")
    assert close(case, outcome=outcome).outcome == outcome


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: nothing waits for anybody")
def test_no_flag_stays_on_a_closed_case_control(monkeypatch):
    monkeypatch.setattr(endings, "waiting", lambda case: [])
    case = FlagFactory(case=stands()).case

    close(case)

    assert not Flag.objects.standing().filter(case__state=CaseState.CLOSED).exists()


def test_none_is_raised_on_a_closed_case_nor_raised_again():
    case = ClosedFactory()
    facts = {"kind": "money", "text": "Mind this.", "owner": case.advisor, "due_on": timezone.localdate()}
    flag = ClearedFlagFactory(case=case)

    with pytest.raises(MoveRefused):
        flags.raise_flag(case=case, by=case.advisor, **facts)
    with pytest.raises(ValidationError, match="Open it again first"):
        flags.raise_again(flag=flag, by=flag.cleared_by, version=flag.version)

    flag.refresh_from_db()
    assert (flag.state, Flag.objects.count()) == (FlagState.CLEARED, 1)


# What the page says before anything is typed


def test_the_page_says_what_waits_and_leads_there(signed_in):
    case = CalledFactory()
    flag, plan = FlagFactory(case=case), SubmittedPlanFactory(case=case, number=2)
    ReferralFactory(case=case)

    page = page_of(signed_in, case.advisor, case)

    assert [one.url for one in page.context["before"]["waiting"]] == [
        "", plan.get_absolute_url(), flag.get_absolute_url()
    ]  # fmt: skip
    assert flag.get_absolute_url() in page.text


def test_the_page_says_what_lacks_and_to_a_manager_that_they_may_set_it_aside(signed_in):
    case = stands(steps=["open"], checks=1)

    own, managers = (page_of(signed_in, user, case).text for user in (case.advisor, manager_of(case)))

    for page in (own, managers):
        assert ["step of the plan is open" in page, "Business checks:" in page] == [True, True]
        assert "three attempts on two days" in page
    assert ["You may close it so all the same" in page for page in (own, managers)] == [False, True]


def test_the_page_says_nothing_where_nothing_lacks(signed_in):
    before = page_of(signed_in, (case := stands()).advisor, case).context["before"]

    assert (before["waiting"], before["alone"]) == ([], [])


def test_what_was_typed_is_there_after_a_refusal(signed_in):
    case = stands(checks=0)
    typed = {"outcome": "graduated", "note": "She does well.", "version": 0, "request_key": str(uuid.uuid4())}

    page = signed_in(case.advisor).post(reverse("casework:case-close", args=[case.pk]), typed)

    assert next(iter(page.context["form"].errors["outcome"])).startswith("Business checks")
    assert "She does well." in page.text


@pytest.mark.parametrize("count", [1, 3, 6])
def test_the_page_takes_as_many_questions_however_much_lacks(count, signed_in, django_assert_num_queries):
    case = stands(steps=["open"] * count, checks=count)
    FlagFactory.create_batch(count, case=case)
    client = signed_in(case.advisor)
    client.get(reverse("casework:case-close", args=[case.pk]))

    with django_assert_num_queries(QUERIES):
        client.get(reverse("casework:case-close", args=[case.pk]))


QUERIES = 16

"""A case that is taken up again goes on where it had ended, and nothing becomes one in time by it."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.actions import cases, contacts, plans
from casework.models import Case, MovedByItself, Step
from casework.states import CaseState
from journal.models import Event
from journal.moves import MoveRefused
from messaging.models import Message
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, CaseFactory, StepFactory, StepKindFactory
from tests.thorough import examples

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def today():
    return timezone.localdate()


def fresh(case):
    return Case.objects.get(pk=case.pk)


def close(case):
    case = fresh(case)
    return cases.close(case=case, by=case.advisor, version=case.version, outcome="moved")


def reopen(case):
    case = fresh(case)
    return cases.reopen(case=case, by=case.advisor, version=case.version, reason="She is back.")


def call(case):
    case, said = fresh(case), str(uuid.uuid4())
    contacts.log(case=case, by=case.advisor, version=case.version, channel="phone", agreed=said, next_on=None)


def agree(case):
    case = fresh(case)
    kinds = [StepKindFactory(owner=owner) for owner in ("entrepreneur", "advisor")]
    steps = [{"kind": kind, "due_on": today() + 9 * DAY} for kind in kinds]
    plans.agree(case=case, steps=steps, by=case.advisor, version=case.version)


def finish(case):
    for step in case.steps.open()[:1]:
        plans.close_step(step=step, by=case.advisor)


def drop(case):
    for step in case.steps.open()[:1]:
        plans.drop(step=step, by=case.advisor, version=step.version, because="Not needed.")


VERBS = [call, agree, finish, drop, close, reopen]


def states_before_and_after(history):
    """Of every closing in the history that is taken back: the state before it, and the state after."""
    case, was, found = CaseFactory(), None, []
    for verb in history:
        before = fresh(case).state
        try:
            verb(case)
        except (MoveRefused, ValidationError):
            continue
        if verb is close:
            was = before
        if verb is reopen:
            found.append((was, fresh(case).state))
        if fresh(case).state != CaseState.CLOSED:
            assert cases.state_of_facts(fresh(case)) == fresh(case).state
    return found


@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(history=st.lists(st.sampled_from(VERBS), max_size=12))
def test_a_case_begins_again_where_it_had_ended_whatever_happened_before(history):
    assert all(before == after for before, after in states_before_and_after([*history, close, reopen]))


FULL = [close, reopen, call, close, reopen, agree, finish, close, reopen, drop, close, reopen]


def test_each_state_is_come_back_to():
    states = [after for _before, after in states_before_and_after(FULL)]

    assert states == ["new", "contacted", "planned", "planned"]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: a plan is forgotten by closing")
def test_each_state_is_come_back_to_control(monkeypatch):
    forgets = lambda case: CaseState.CONTACTED if case.first_contact_at else CaseState.NEW  # noqa: E731
    monkeypatch.setattr(cases, "state_of_facts", forgets)

    states_before_and_after(FULL)


# Days of steps


def closed_ago(days, **due):
    """A case that was closed so many days ago, with steps due so many days from today."""
    case = close(CalledFactory())
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - days * DAY)
    for name, days_on in due.items():
        StepFactory(case=case, due_on=today() + days_on * DAY, kind=StepKindFactory(name=name))
    return fresh(case)


def days_of(case):
    return {step.kind.name: (step.due_on - today()).days for step in case.steps.select_related("kind")}


def test_a_step_whose_day_came_while_the_case_was_closed_gets_the_days_that_were_left():
    case = closed_ago(30, late=-31, lapsed=-10, ahead=3)

    reopen(case)

    assert days_of(case) == {"late": -31, "lapsed": 20, "ahead": 3}
    moved = case.steps.exclude(moved_because="").get()
    assert (moved.kind.name, moved.was_due_on) == ("lapsed", today() - 10 * DAY)
    assert moved.moved_because == MovedByItself.CLOSED
    assert moved.why_moved == "The case was closed meanwhile."
    event = Event.objects.get(name="casework.step_moved")
    assert (event.data["was"], event.data["now"]) == (str(moved.was_due_on), str(moved.due_on))
    assert Message.objects.filter(kind="casework.plan_changed").count() == 1


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: every day stays as it was")
def test_a_step_whose_day_came_while_the_case_was_closed_gets_the_days_that_were_left_control(monkeypatch):
    monkeypatch.setattr(plans, "day_again", lambda was, **_said: was)

    test_a_step_whose_day_came_while_the_case_was_closed_gets_the_days_that_were_left()


def test_days_that_were_left_are_no_fewer_than_those_of_a_call():
    case = closed_ago(30, lapsed=-29)

    reopen(case)

    assert case.steps.get().due_on == cases.first_call_by(today())


@given(was=st.integers(-60, 60), closed=st.integers(0, 60))
def test_a_day_again_is_late_exactly_where_it_was_late_before(was, closed):
    """Whatever the days: late stays late, and nothing else is late or gets a nearer day."""
    day, closed_at = today() + was * DAY, timezone.now() - closed * DAY

    again = plans.day_again(day, closed_at=closed_at, today=today())

    assert (again < today()) == (was < -closed)
    assert again >= day


def test_a_case_without_a_day_of_closing_moves_nothing():
    assert plans.day_again(today() - DAY, closed_at=None, today=today()) == today() - DAY
    assert not Step.objects.lapsed(closed_at=None, today=today()).exists()


# What the page says


def page_of(signed_in, case, by=None):
    return signed_in(by or case.advisor).get(reverse("casework:case-reopen", args=[case.pk]))


def test_the_page_says_where_it_goes_on_and_what_stays_late(signed_in):
    case = closed_ago(30, late=-31, lapsed=-10, ahead=3)
    case.closures.update(agreed_on=today() - 40 * DAY)

    page = page_of(signed_in, case)

    again = page.context["again"]
    assert (again["state"], again["call_by"], again["is_late"]) == ("Plan agreed", today() - 40 * DAY, True)
    assert [line.split(":")[0] for line in again["late"]] == ["late"]
    assert [line.split(":")[0] for line in again["moved"]] == ["lapsed"]
    assert ["still late" in page.text, "The client is told." in page.text] == [True, True]


def test_the_page_says_no_more_where_nothing_is_late(signed_in):
    page = page_of(signed_in, close(CaseFactory(first_contact_due_on=today())))

    assert (page.context["again"]["state"], page.context["again"]["is_late"]) == ("Waiting for the first call", False)
    assert ["still late" in page.text, "another day" in page.text] == [False, False]


# Two at once


def sent(signed_in, user, name, case, **typed):
    typed |= {"version": case.version, "request_key": str(uuid.uuid4())}
    return signed_in(user).post(reverse(f"casework:{name}", args=[case.pk]), typed)


def test_who_opens_it_second_reads_both_texts(signed_in):
    case = close(CalledFactory())
    other = colleague("advisor", office=case.office)
    sent(signed_in, other, "case-reopen", case, reason="She wrote to us.")

    late = sent(signed_in, case.advisor, "case-reopen", case, reason="She came by.")

    assert (late.status_code, "She wrote to us." in late.text, "She came by." in late.text) == (409, True, True)


def test_who_closes_it_second_reads_both_texts(signed_in):
    case = CalledFactory()
    other = colleague("advisor", office=case.office)
    sent(signed_in, other, "case-close", case, outcome="moved", note="To Karachi.")

    late = sent(signed_in, case.advisor, "case-close", case, outcome="dropped_out", note="No time.")

    said = ["To Karachi.", "No time.", "moved away", "does not want to go on"]
    assert (late.status_code, [one in late.text.lower() or one in late.text for one in said]) == (409, [True] * 4)


def test_another_change_is_no_other_text(signed_in):
    closed = close(CalledFactory())
    Case.objects.update(version=closed.version + 1)

    late = sent(signed_in, closed.advisor, "case-reopen", closed, reason="She came by.")

    assert (late.status_code, "She came by." in late.text, "It says now" in late.text) == (409, True, False)

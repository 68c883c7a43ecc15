import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils.translation import override

from accounts.roles import Role
from casework.actions import plans
from casework.models import Case, Step, StepKind
from casework.states import CaseState
from journal.events import ADVISORS, record
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from messaging.models import Message
from tests.casework.asking import names_of
from tests.factories.accounts import colleague
from tests.factories.casework import (
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    PlannedFactory,
    StepFactory,
    StepKindFactory,
)
from tests.factories.enterprises import OwnershipFactory, system

pytestmark = pytest.mark.django_db
SOON, LATER = dt.date(2026, 12, 1), dt.date(2026, 12, 20)


def step(kind=None, due_on=SOON):
    return {"kind": kind or StepKindFactory(), "due_on": due_on}


def agree(case, *steps, by=None, version=0):
    return plans.agree(case=case, steps=steps, by=by or case.advisor, version=version)


def closed(name, enterprise, **data):
    """An event of that name about the enterprise; the event."""
    return record(name, target=enterprise, by=system(), audience={ADVISORS}, data=data)


def test_a_plan_of_two_steps_is_agreed_and_told():
    case = CalledFactory()
    first, second = step(), step(due_on=LATER)

    planned = agree(case, first, second)

    assert (planned.state, planned.version, names_of(Case, case.pk)) == (
        CaseState.PLANNED, 1, ["casework.plan_agreed"],
    )  # fmt: skip
    assert list(case.steps.order_by("id").values_list("kind", "due_on", "set_by", "closed_at")) == [
        (first["kind"].pk, SOON, case.advisor_id, None),
        (second["kind"].pk, LATER, case.advisor_id, None),
    ]
    assert list(Message.objects.values_list("kind", "target_id")) == [("casework.plan_agreed", case.pk)]


@pytest.mark.parametrize(("due_on", "told"), [(LATER, 1), (SOON - dt.timedelta(days=1), 2)])
def test_a_plan_that_grows_is_told_again_only_where_the_next_step_is_another(due_on, told):
    """The text names the next step: a step behind it says nothing new, a step before it does."""
    assert_told_when_it_grows(due_on, told)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: every plan is a text of its own")
def test_a_plan_that_grows_is_told_again_only_where_the_next_step_is_another_control(monkeypatch):
    queue = plans.outbox.queue
    monkeypatch.setattr(plans.outbox, "queue", lambda *what, **more: queue(*what, **more | {"key": uuid.uuid4().hex}))

    assert_told_when_it_grows(LATER, 1)


def assert_told_when_it_grows(due_on, told):
    case = PlannedFactory()
    agree(case, step())

    agree(case, step(due_on=due_on), version=1)

    case.refresh_from_db()
    assert (case.steps.count(), case.version, Message.objects.count()) == (2, 2, told)


def test_a_plan_has_a_step():
    with pytest.raises(ValidationError):
        agree(CalledFactory())


def test_a_plan_comes_after_the_first_call():
    with pytest.raises(MoveRefused):
        agree(CaseFactory(), step())


def test_a_plan_is_not_agreed_over_somebody_elses_change():
    with pytest.raises(EditConflict):
        agree(CalledFactory(version=1), step(), version=0)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_agree_plans(role):
    with pytest.raises(PermissionDenied):
        agree(CalledFactory(), step(), by=colleague(role))


def test_a_step_stands_in_the_plan_once_until_it_is_done():
    case = CalledFactory()
    kind = StepKindFactory()
    agree(case, step(kind))

    with pytest.raises(ValidationError):
        agree(case, step(kind), version=1)
    plans.close_step(step=case.steps.get(), by=case.advisor)
    agree(case, step(kind), version=1)

    assert case.steps.count() == 2


def test_a_step_is_not_chosen_twice_at_once():
    kind = StepKindFactory()

    with pytest.raises(ValidationError):
        agree(CalledFactory(), step(kind), step(kind))


def test_the_database_holds_that_a_step_is_open_once():
    """The control of both: without the look beforehand the constraint refuses."""
    first = StepFactory()

    with pytest.raises(IntegrityError):
        StepFactory(case=first.case, kind=first.kind)


def test_a_step_without_an_event_is_closed_by_a_colleague():
    one = StepFactory()

    plans.close_step(step=one, by=one.case.advisor)

    one.refresh_from_db()
    assert (one.closed_by, one.closing_event_id) == (one.case.advisor, None)
    assert names_of(Step, one.pk) == ["casework.step_closed"]
    assert Event.objects.get().data == {"kind": one.kind.code}


def test_a_step_is_closed_once():
    one = StepFactory()
    plans.close_step(step=one, by=one.case.advisor)

    with pytest.raises(ValidationError):
        plans.close_step(step=one, by=one.case.advisor)

    assert names_of(Step, one.pk) == ["casework.step_closed"]


def test_a_step_of_a_closed_case_stays_as_it_is():
    one = StepFactory(case=ClosedFactory())

    with pytest.raises(MoveRefused):
        plans.close_step(step=one, by=one.case.advisor)


def test_a_step_that_an_event_proves_is_not_closed_by_hand():
    one = StepFactory(kind=StepKind.objects.get(code="course"))

    with pytest.raises(ValidationError):
        plans.close_step(step=one, by=one.case.advisor)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.PROGRAMME_MANAGER, Role.LOAN_OFFICER, Role.ADVISOR])
def test_only_advisors_of_the_district_close_steps(role):
    with pytest.raises(PermissionDenied):
        plans.close_step(step=StepFactory(), by=colleague(role))


def test_the_event_closes_the_step_that_asked_for_it_and_no_other():
    finish, apply_for_loan = StepKind.objects.get(code="course"), StepKind.objects.get(code="loan-application")
    one = StepFactory(kind=finish)
    others = [StepFactory(case=one.case, kind=apply_for_loan), StepFactory(kind=finish)]

    event = closed("training.certified", one.case.enterprise)

    one.refresh_from_db()
    assert (one.closed_by, one.closing_event_id) == (system(), event.pk)
    assert set(Step.objects.open()) == set(others)


def test_a_second_event_closes_nothing_twice():
    one = StepFactory(kind=StepKind.objects.get(code="course"))
    first = closed("training.certified", one.case.enterprise)

    closed("training.certified", one.case.enterprise)

    one.refresh_from_db()
    assert (one.closing_event_id, names_of(Step, one.pk)) == (first.pk, ["casework.step_closed"])


def test_a_registration_closes_the_step_that_asked_for_this_registration():
    case = PlannedFactory()
    tax, licence = (StepFactory(case=case, kind=StepKind.objects.get(code=code)) for code in ("ntn", "trade-licence"))

    closed("formalisation.obtained", case.enterprise, kind="ntn")

    assert list(Step.objects.open()) == [licence]
    tax.refresh_from_db()
    assert tax.closed_at is not None


def test_a_visit_closes_the_step_that_asked_for_a_visit():
    case = PlannedFactory()
    one = StepFactory(case=case, kind=StepKind.objects.get(code="visit"))

    closed("casework.contacted", case.enterprise, kind="phone")
    is_open_after_call = Step.objects.open().filter(pk=one.pk).exists()
    closed("casework.contacted", case.enterprise, kind="visit")

    assert (is_open_after_call, Step.objects.open().count()) == (True, 0)


def test_an_event_about_the_person_closes_steps_of_their_cases():
    one = StepFactory(kind=StepKind.objects.get(code="course"))

    event = record("training.certified", target=one.case.person, by=system(), audience={ADVISORS})

    one.refresh_from_db()
    assert (event.enterprise_id, one.closing_event_id) == (None, event.pk)


def test_an_event_about_nobody_closes_nothing():
    StepFactory(kind=StepKind.objects.get(code="course"))
    about_nobody = Event(name="training.certified", data={})

    assert plans.close_for_event(event=about_nobody, by=system()) == []


def test_an_event_of_an_enterprise_without_a_case_closes_nothing():
    event = closed("training.certified", OwnershipFactory().enterprise)

    assert Event.objects.get() == event


def test_the_kinds_of_steps_are_complete_in_both_languages():
    kinds = list(StepKind.objects.all())

    assert len(kinds) == 18
    assert [kind.code for kind in kinds if not (kind.name and kind.name_ur and kind.bring and kind.bring_ur)] == []
    assert [kind.code for kind in kinds if not kind.closed_by_hand and not kind.closed_by_event] == []


def test_a_step_that_nothing_can_close_is_refused():
    with pytest.raises(IntegrityError):
        StepKindFactory(closed_by_hand=False)


@pytest.mark.parametrize(("language", "things"), [("en", ["Your CNIC", "a bill"]), ("ur", ["شناختی کارڈ", "بل"])])
def test_what_to_bring_is_parted_in_both_scripts(language, things):
    kind = StepKindFactory(bring="Your CNIC, a bill", bring_ur="شناختی کارڈ، بل")

    with override(language):
        found = kind.things_to_bring

    assert found == things

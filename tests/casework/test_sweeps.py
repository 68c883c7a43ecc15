import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from casework import sweeps
from casework.models import Case, StepKind
from enterprises.models import Enterprise
from journal import events
from journal.events import ADVISORS, record
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, CaseFactory, ClosedFactory, StepFactory, smeda_office
from tests.factories.enterprises import OwnershipFactory, system

pytestmark = pytest.mark.django_db


@pytest.fixture
def deaf():
    """The reactions are lost, as they would be if a release forgot one."""
    wired = dict(events._wired)
    events._wired.update(dict.fromkeys(wired, ()))
    yield
    events._wired.update(wired)


def happened(name, enterprise, **data):
    return record(name, target=enterprise, by=system(), audience={ADVISORS}, data=data)


def test_overdue_first_contacts_are_those_due_before_today():
    today = timezone.localdate()
    late = CaseFactory(first_contact_due_on=today - dt.timedelta(days=3))
    later = CaseFactory(first_contact_due_on=today - dt.timedelta(days=1))
    CaseFactory(first_contact_due_on=today)
    CalledFactory(first_contact_due_on=today - dt.timedelta(days=3))

    assert list(sweeps.overdue_first_contacts(timezone.now())) == [late, later]


def missed():
    """The enterprises without a case, and the steps left open with the event that proves each."""
    steps = list(sweeps.steps_left_open().values_list("pk", "proof_id"))
    return list(sweeps.enterprises_without_case()), steps


def test_a_registration_that_opened_no_case_is_found(deaf):
    colleague(Role.ADVISOR, office=smeda_office())
    owner = OwnershipFactory()

    happened("enterprises.registered", owner.enterprise)

    assert (missed(), Case.objects.count()) == (([owner.enterprise], []), 0)


def test_a_merged_enterprise_needs_no_case(deaf):
    case = CaseFactory()
    merged = OwnershipFactory().enterprise
    Enterprise.objects.filter(pk=merged.pk).update(merged_into=case.enterprise)

    assert missed() == ([], [])


def test_a_step_left_open_is_found_with_the_first_event_that_proves_it(deaf):
    step = StepFactory(kind=StepKind.objects.get(code="course"))
    first = happened("training.certified", step.case.enterprise)
    happened("training.certified", step.case.enterprise)

    assert missed() == ([], [(step.pk, first.pk)])


@pytest.mark.parametrize(("kind", "proves"), [("bank", False), ("ntn", True)])
def test_only_the_event_of_the_right_kind_proves_a_step(deaf, kind, proves):
    step = StepFactory(kind=StepKind.objects.get(code="ntn"))

    event = happened("formalisation.obtained", step.case.enterprise, kind=kind)

    assert missed() == ([], [(step.pk, event.pk)] if proves else [])


def test_an_event_from_before_the_plan_proves_nothing(deaf):
    case = CalledFactory()
    happened("training.certified", case.enterprise)
    StepFactory(case=case, kind=StepKind.objects.get(code="course"))

    assert missed() == ([], [])


def test_with_the_reactions_in_place_nothing_is_missed():
    colleague(Role.ADVISOR, office=smeda_office())
    happened("enterprises.registered", OwnershipFactory().enterprise)
    step = StepFactory(kind=StepKind.objects.get(code="course"))

    happened("training.certified", step.case.enterprise)

    assert missed() == ([], [])


def test_what_is_told_of_a_person_alone_proves_the_steps_of_their_cases(deaf):
    step = StepFactory(kind=StepKind.objects.get(code="course"))

    event = happened("training.certified", step.case.person)

    assert event.enterprise_id is None
    assert missed() == ([], [(step.pk, event.pk)])


def test_a_closed_case_has_no_step_left_open(deaf):
    step = StepFactory(case=ClosedFactory(), kind=StepKind.objects.get(code="course"))

    happened("training.certified", step.case.enterprise)

    assert missed() == ([], [])

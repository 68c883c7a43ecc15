import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Appointment, Office
from accounts.roles import Role
from casework.actions import assignment, cases
from casework.models import Case
from casework.states import CaseState
from enterprises.models import Enterprise, Grant
from journal.events import record
from journal.models import Event
from journal.moves import EditConflict
from tests.casework.asking import names_of
from tests.factories.accounts import AppointmentFactory, OfficeFactory, UserFactory, colleague
from tests.factories.casework import (
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    ReferralFactory,
    SubmittedPlanFactory,
    smeda_office,
)
from tests.factories.enterprises import OwnershipFactory, system

pytestmark = pytest.mark.django_db


def opened(ownership=None, **attributes):
    ownership = ownership or OwnershipFactory()
    return cases.open_for(enterprise=ownership.enterprise, person=ownership.person, by=system(), **attributes)


def test_the_office_of_the_district_takes_the_case_and_says_who_calls_by_when(settings):
    settings.FIRST_CONTACT_WORKING_DAYS = 2
    office = smeda_office("multan")
    advisor = colleague(Role.ADVISOR, office=office)
    colleague(Role.ADVISOR, office=smeda_office("lahore"))

    case = opened()

    due_on = case.first_contact_due_on
    event = Event.objects.get(name="casework.assigned")
    assert (case.office, case.advisor, case.state) == (office, advisor, CaseState.NEW)
    assert 2 <= (due_on - timezone.localdate()).days <= 9
    assert event.audience == ["advisors", "entrepreneur", "managers"]
    assert event.data == {"advisor": advisor.pk, "office": office.pk, "due_on": due_on.isoformat(), "why": "room"}
    assert Grant.objects.count() == 0


def test_a_registration_opens_the_case():
    advisor = colleague(Role.ADVISOR, office=smeda_office())
    ownership = OwnershipFactory()

    record("enterprises.registered", target=ownership.enterprise, by=system(), audience={"advisors"})

    assert list(Case.objects.values_list("enterprise", "person", "advisor")) == [
        (ownership.enterprise_id, ownership.person_id, advisor.pk)
    ]


def test_an_enterprise_has_one_case():
    colleague(Role.ADVISOR, office=smeda_office())
    ownership = OwnershipFactory()

    first, second = opened(ownership), opened(ownership)

    assert (first.pk, names_of(Enterprise, first.enterprise_id)) == (second.pk, ["casework.assigned"])


def test_only_advisors_and_the_portal_open_cases():
    smeda_office()
    ownership = OwnershipFactory()

    with pytest.raises(PermissionDenied):
        cases.open_for(enterprise=ownership.enterprise, person=ownership.person, by=colleague(Role.TRAINER))


def test_the_least_filled_cap_of_the_week_takes_the_case():
    office = smeda_office()
    busy, free = (colleague(Role.ADVISOR, office=office) for _advisor in range(2))
    Appointment.objects.filter(user=busy).update(weekly_cap=20)
    Appointment.objects.filter(user=free).update(weekly_cap=5)
    for _case in range(4):
        CaseFactory(office=office, advisor=busy)  # a fifth of the week
    CaseFactory(office=office, advisor=free)  # a fifth of the week too
    CaseFactory(office=office, advisor=free, opened_at=timezone.now() - dt.timedelta(days=8))

    taken = [opened().advisor for _case in range(3)]

    # Between equals, the one with fewer open cases: two against four. Then the other one's week is emptier.
    assert taken == [free, busy, busy]


@pytest.mark.parametrize("lost", [None, {"weekly_cap": 0}, {"until_on": dt.date(2020, 1, 2)}, "closed"])
def test_a_further_business_goes_to_the_advisor_whom_the_person_has_already(lost):
    """C1: unless that one is paused or gone, or the first case is closed. Then, as for anybody, by the load."""
    office = smeda_office()
    known, free = (colleague(Role.ADVISOR, office=office) for _advisor in range(2))
    first = (ClosedFactory if lost == "closed" else CaseFactory)(office=office, advisor=known)
    CaseFactory(office=office, advisor=known)
    if isinstance(lost, dict):
        Appointment.objects.filter(user=known).update(from_on=dt.date(2020, 1, 1), **lost)

    further = opened(OwnershipFactory(person=first.person, is_contact=False))

    assert further.advisor == (free if lost else known)


def test_closed_cases_weigh_nothing_and_a_cap_of_nought_is_a_pause():
    office = smeda_office()
    paused, tired, free = (colleague(Role.ADVISOR, office=office) for _advisor in range(3))
    Appointment.objects.filter(user=paused).update(weekly_cap=0)
    long_ago = timezone.now() - dt.timedelta(days=30)
    CaseFactory(office=office, advisor=tired, opened_at=long_ago)
    for _case in range(3):
        ClosedFactory(office=office, advisor=free, opened_at=long_ago)

    assert opened().advisor == free


def test_who_left_or_cannot_sign_in_gets_nothing():
    office = smeda_office()
    gone = colleague(Role.ADVISOR, office=office)
    Appointment.objects.filter(user=gone).update(until_on=timezone.localdate() - dt.timedelta(days=1))
    colleague(Role.ADVISOR, office=office, is_active=False)
    staying = colleague(Role.ADVISOR, office=office)

    assert [opened().advisor for _case in range(2)] == [staying, staying]


def test_without_an_advisor_the_manager_of_the_office_has_the_case_then_the_one_above():
    region = smeda_office("lahore", depth=1)
    office = smeda_office("multan", parent=region)
    above = colleague(Role.REGIONAL_MANAGER, office=region)

    first = opened()
    manager = colleague(Role.REGIONAL_MANAGER, office=office)
    second = opened()

    assert [(case.office, case.advisor) for case in (first, second)] == [(region, above), (office, manager)]


def test_a_district_that_no_office_covers_goes_to_the_head_office_which_sees_it_by_grant():
    Office.objects.all().update(closed_on=timezone.localdate())
    head = OfficeFactory(depth=0)
    programme = AppointmentFactory(role=Role.PROGRAMME_MANAGER, office=head).user
    advisor = colleague(Role.REGIONAL_MANAGER, office=head)

    case = opened()

    assert (case.office, case.advisor) == (head, advisor)
    assert list(Grant.objects.values_list("enterprise", "office", "purpose")) == [
        (case.enterprise_id, head.pk, Grant.Purpose.CASE)
    ]
    assert [user.has_perm("casework.work_case", case) for user in (advisor, programme)] == [True, False]


def test_where_nobody_works_at_all_the_registration_says_so():
    UserFactory()

    with pytest.raises(assignment.NobodyToCallError):
        opened()


def test_closing_asks_how_it_ended():
    case = CalledFactory(next_contact_on=dt.date(2026, 12, 1))

    closed = cases.close(case=case, by=case.advisor, version=0, outcome=Case.Outcome.MOVED)

    assert (closed.state, closed.outcome, closed.next_contact_on) == (CaseState.CLOSED, Case.Outcome.MOVED, None)
    assert names_of(Case, case.pk) == ["casework.closed"]
    assert Event.objects.get().data == {"outcome": "moved"}


def test_closing_without_an_outcome_is_refused():
    case = CalledFactory()

    with pytest.raises(ValidationError):
        cases.close(case=case, by=case.advisor, version=0, outcome="")


@pytest.mark.parametrize("waiting", [ReferralFactory, SubmittedPlanFactory])
def test_a_case_is_not_closed_while_somebody_has_to_answer(waiting):
    case = waiting().case

    with pytest.raises(ValidationError):
        cases.close(case=case, by=case.advisor, version=0, outcome=Case.Outcome.MOVED)

    case.refresh_from_db()
    assert case.state == CaseState.CONTACTED


def test_a_case_that_changed_meanwhile_is_not_closed():
    case = CalledFactory(version=3)

    with pytest.raises(EditConflict):
        cases.close(case=case, by=case.advisor, version=2, outcome=Case.Outcome.MOVED)

"""The nightly look for work that nobody does: what hangs on somebody who left, until it is given on."""

import datetime as dt
import logging

import pytest
from django.utils import timezone

from accounts.models import Appointment
from accounts.roles import MANAGER_ROLES, Role
from casework.actions import hand_overs
from journal.models import JobRun
from portal.sweeps import ownerless, sweep
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.call_backs import DeniedFactory, DrawnCallBackFactory
from tests.factories.casework import CaseFactory, DrawnPlanFactory, ReferralFactory, RemarkedPlanFactory, smeda_office
from tests.factories.grievances import GrievanceFactory
from tests.factories.papers import DocumentRequestFactory

pytestmark = pytest.mark.django_db


def leaves(user):
    long_ago, yesterday = dt.date(2020, 1, 1), timezone.localdate() - dt.timedelta(days=1)
    Appointment.objects.filter(user=user).update(from_on=long_ago, until_on=yesterday)


def somebody_leaves():
    """How many items are without an owner after an advisor left and the day's work was done."""
    office = smeda_office()
    gone, _staying = (colleague(Role.ADVISOR, office=office) for _advisor in range(2))
    CaseFactory(office=office, advisor=gone)
    leaves(gone)
    hand_overs.hand_over_left(now=timezone.now())
    assert ownerless().total() == 0


def test_nothing_is_without_an_owner_after_somebody_left():
    somebody_leaves()


@pytest.mark.xfail(strict=True, reason="the control: nobody gives the cases on", raises=AssertionError)
def test_nothing_is_without_an_owner_after_somebody_left_control(monkeypatch):
    monkeypatch.setattr(hand_overs, "hand_over_left", lambda *, now: 0)

    somebody_leaves()


def test_an_item_of_nobody_in_particular_is_owned_while_somebody_works_at_its_office_or_above():
    above = OfficeFactory(organisation="lender", depth=1)
    referral = ReferralFactory(to_office=OfficeFactory(organisation="lender", parent=above))
    nobody = ownerless()
    officer = colleague(Role.LOAN_OFFICER, office=above)
    somebody = ownerless()
    leaves(officer)

    assert (nobody, somebody, ownerless()) == ({"casework.referral": 1}, {}, {"casework.referral": 1})
    assert referral.pk


def test_what_a_colleague_asked_for_is_the_offices_once_they_left():
    office = smeda_office()
    case = CaseFactory(office=office)
    asking = colleague(Role.ADVISOR, office=office)
    DocumentRequestFactory(enterprise=case.enterprise, office=office, asked_by=asking)
    leaves(asking)

    assert ownerless() == {}


def test_a_complaint_that_nobody_can_answer_is_counted():
    grievance = GrievanceFactory()
    kept = sweep(JobRun())["complaints_of_nobody"]
    leaves(grievance.owner)

    assert (kept, sweep(JobRun())["complaints_of_nobody"]) == (0, 1)


LOOKED_AT = {
    "plan_reviews_of_nobody": (DrawnPlanFactory, Role.REGIONAL_MANAGER),
    "plan_remarks_of_nobody": (RemarkedPlanFactory, Role.REGIONAL_MANAGER),
    "call_backs_of_nobody": (DrawnCallBackFactory, Role.REGIONAL_MANAGER),
    "denials_of_nobody": (DeniedFactory, Role.PROGRAMME_MANAGER),
}


@pytest.mark.parametrize("check", LOOKED_AT)
def test_a_second_look_that_nobody_takes_is_counted(check):
    factory, role = LOOKED_AT[check]
    lot = factory()
    leaves(lot.case.advisor)
    Appointment.objects.filter(role__in=MANAGER_ROLES).update(until_on=dt.date(2020, 1, 2))
    lacking = [sweep(JobRun())[check]]
    Appointment.objects.filter(user=lot.author).update(role=role, until_on=None)
    lacking.append(sweep(JobRun())[check])

    colleague(role, office=lot.case.office)
    lacking.append(sweep(JobRun())[check])

    # Who did it looks at nothing; but a remark is for them.
    assert lacking == [1, 0 if check == "plan_remarks_of_nobody" else 1, 0]


@pytest.mark.parametrize("check", LOOKED_AT)
def test_the_programmes_manager_comes_to_every_second_look(check):
    lot = LOOKED_AT[check][0]()
    leaves(lot.case.advisor)
    Appointment.objects.filter(role__in=MANAGER_ROLES).update(until_on=dt.date(2020, 1, 2))
    colleague(Role.PROGRAMME_MANAGER)

    assert sweep(JobRun())[check] == 0


def test_the_log_names_the_kinds(caplog):
    ReferralFactory(to_office=OfficeFactory(organisation="lender"))

    with caplog.at_level(logging.ERROR):
        found = sweep(JobRun())

    assert found["ownerless_items"] == 1
    assert [record.kinds for record in caplog.records] == [{"casework.referral": 1}]

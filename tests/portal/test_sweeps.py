"""The nightly look for work that nobody does: what hangs on somebody who left, until it is given on."""

import datetime as dt
import logging

import pytest
from django.utils import timezone

from accounts.models import Appointment
from accounts.roles import Role
from casework.actions import hand_overs
from journal.models import JobRun
from portal.sweeps import ownerless, sweep
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import CaseFactory, ReferralFactory, smeda_office
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


def test_the_log_names_the_kinds(caplog):
    ReferralFactory(to_office=OfficeFactory(organisation="lender"))

    with caplog.at_level(logging.ERROR):
        found = sweep(JobRun())

    assert found["ownerless_items"] == 1
    assert [record.kinds for record in caplog.records] == [{"casework.referral": 1}]

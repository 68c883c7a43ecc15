"""A manager is told once a day that clients of their offices wait too long."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from casework.models import Case
from messaging.kinds import Recipient
from portal.team_messages import LATE_IN_TEAM
from tests.factories.accounts import colleague
from tests.factories.casework import CallFactory, CaseFactory

pytestmark = pytest.mark.django_db
PHONE = "+923007654321"


def overdue():
    return CaseFactory(first_contact_due_on=timezone.localdate() - dt.timedelta(days=1))


def manager_of(case, **facts):
    return colleague(Role.REGIONAL_MANAGER, office=case.office, **facts)


def test_a_manager_is_told_once_a_day_how_many_wait_too_long():
    kind, case = LATE_IN_TEAM, overdue()
    manager = manager_of(case, phone=PHONE)
    manager_of(case)  # no phone
    manager_of(CaseFactory(first_contact_due_on=timezone.localdate()), phone="+923007654329")

    assert list(kind.due(timezone.now())) == [manager]
    assert (kind.recipient(manager), kind.occasion(manager)) == (
        Recipient(phone=PHONE, language="en"),
        timezone.localdate().isoformat(),
    )
    assert kind.recipient(manager_of(case)) is None


def test_what_the_manager_reads_counts_clients_and_not_what_waits():
    case = CaseFactory(first_contact_due_on=dt.date(2026, 11, 2))
    CallFactory(case=case, due_on=dt.date(2026, 11, 3))
    manager = manager_of(case)
    one = LATE_IN_TEAM.render(manager, "en")
    CaseFactory(office=case.office, first_contact_due_on=dt.date(2026, 11, 4))

    assert (one, LATE_IN_TEAM.render(manager, "en")) == (
        "1 client of your offices waits too long, since 2 Nov. Please see your list today.",
        "2 clients of your offices wait too long, the first since 2 Nov. Please see your list today.",
    )


def test_the_manager_is_not_told_once_nobody_waits():
    case = overdue()
    manager = manager_of(case)
    before = LATE_IN_TEAM.still_due(manager)

    Case.objects.update(state="contacted", first_contact_at=timezone.now())

    assert (before, LATE_IN_TEAM.still_due(manager)) == (True, False)
    assert LATE_IN_TEAM.render(manager, "en").startswith("0 clients")

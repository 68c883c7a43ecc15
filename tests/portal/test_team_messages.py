"""A manager is told once a day that clients of their offices wait too long."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Appointment, User
from accounts.roles import Role
from casework.actions import hand_overs
from casework.models import Case
from messaging.kinds import Recipient
from messaging.models import Message
from messaging.outbox import plan
from portal.team_messages import CASES_MOVED, LATE_IN_TEAM
from tests.factories.accounts import colleague
from tests.factories.casework import CallFactory, CaseFactory, smeda_office

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


# Cases that came over.


def three_left():
    """Three cases of a colleague whose post ended went to others in the night."""
    office = smeda_office()
    gone, to = (colleague(Role.ADVISOR, office=office, phone=f"+92300765430{place}") for place in (1, 2))
    User.objects.filter(pk=gone.pk).update(full_name="Ali Raza")
    for _case in range(3):
        CaseFactory(office=office, advisor=gone)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Appointment.objects.filter(user=gone).update(from_on=dt.date(2020, 1, 1), until_on=yesterday)
    hand_overs.hand_over_left(now=timezone.now())
    return gone, to, colleague(Role.REGIONAL_MANAGER, office=office, phone=PHONE)


def test_of_many_cases_who_has_them_now_and_the_manager_are_told_once():
    _gone, to, manager = three_left()

    planned = [plan(timezone.now()) for _time in range(2)]

    told = Message.objects.filter(kind="portal.cases_moved").order_by("target_id")
    assert [message.target_id for message in told] == [to.pk, manager.pk]
    assert planned[1] == 0
    assert [CASES_MOVED.render(user, "en") for user in (to, manager)] == [
        "3 cases came to you from Ali Raza. Please see your list.",
        "3 cases of who left (Ali Raza) went to others. Please see your list.",
    ]


def test_what_was_told_is_not_told_again_and_the_next_day_tells_the_rest():
    _gone, to, _manager = three_left()
    sent = timezone.now()
    Message.objects.create(
        kind="portal.cases_moved", target_label="accounts.user", target_id=to.pk, state="sent", sent_at=sent,
        dedup_key="x", due_at=sent, language="en",
    )  # fmt: skip
    before = CASES_MOVED.still_due(to)

    hand_overs.hand_over(
        CaseFactory(office=Case.objects.first().office, advisor=colleague(Role.ADVISOR, full_name="Bina Khan")),
        hand_overs.Holder(Case.objects.first().office, to, "chosen"),
        by=colleague(Role.REGIONAL_MANAGER),
        cause="manager",
    )

    assert (before, CASES_MOVED.still_due(to)) == (False, True)
    assert CASES_MOVED.render(to, "en") == "1 case came to you from Bina Khan. Please see your list."


def test_who_decided_it_is_told_nothing_and_whose_case_went_is():
    office = smeda_office()
    case, other = (
        CaseFactory(office=office, advisor=colleague(Role.ADVISOR, office=office, phone=phone)) for phone in (PHONE, "")
    )
    case_from, to = case.advisor, colleague(Role.ADVISOR, office=office, phone="+923007654303")
    manager = colleague(Role.REGIONAL_MANAGER, office=office, phone="+923007654304")
    for one in (case, other):
        hand_overs.assign(case=one, to=to, by=manager, version=0, reason="")

    assert [user.pk for user in CASES_MOVED.due(timezone.now())] == [case_from.pk, to.pk]
    assert CASES_MOVED.render(case_from, "en") == "1 case of yours went to others. Please see your list."
    assert CASES_MOVED.render(to, "en") == "2 cases came to you from several colleagues. Please see your list."

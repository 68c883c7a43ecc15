"""Registrations at once spread over the advisors: each counts the one before it. 40 at a time for four advisors."""

from time import sleep

import pytest
from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from accounts.models import Appointment, Office, Sex
from accounts.roles import Role
from casework.actions import assignment, cases, hand_overs
from casework.models import Case
from journal.models import Event
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory, smeda_office
from tests.factories.enterprises import OwnershipFactory, system

REGISTRATIONS, ADVISORS = 40, 4

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def register_at_once(*, cap=REGISTRATIONS, advisors=ADVISORS):
    """How many cases each advisor has after everybody came through the door together, and for how many was room."""
    with committed_rows():
        office, by = smeda_office(), system()
        for _advisor in range(advisors):
            colleague(Role.ADVISOR, office=office)
        Appointment.objects.filter(office=office).update(weekly_cap=cap)
        owners = [OwnershipFactory() for _owner in range(REGISTRATIONS)]

        def register(place):
            cases.open_for(enterprise=owners[place].enterprise, person=owners[place].person, by=by)

        assert at_once(REGISTRATIONS, register) == [None] * REGISTRATIONS
        loads = Case.objects.values("advisor").annotate(cases=Count("id")).order_by("cases")
        return list(loads.values_list("cases", flat=True)), Event.objects.filter(data__why="room").count()


def check(loads, room):
    assert (loads, room) == ([REGISTRATIONS // ADVISORS] * ADVISORS, REGISTRATIONS)


def check_caps(loads, room):
    """Three take five each a week: for fifteen is room; the others are given out in turn, and the event says so."""
    assert (loads, room) == ([13, 13, 14], 15)


def test_forty_at_once_are_ten_for_each_of_four():
    check(*register_at_once())


def test_no_cap_is_passed_while_another_has_room():
    check_caps(*register_at_once(cap=5, advisors=3))


def test_without_the_lock_caps_are_passed_unseen(monkeypatch):
    """The failing control: all look at the same empty week."""
    monkeypatch.setattr(assignment, "hand_out_by_turns", lambda _offices: None)

    with pytest.raises(AssertionError):
        check_caps(*register_at_once(cap=5, advisors=3))


def test_without_the_lock_the_same_check_fails(monkeypatch):
    """The failing control: the office is read without being held."""
    monkeypatch.setattr(assignment, "hand_out_by_turns", lambda _offices: None)

    with pytest.raises(AssertionError):
        check(*register_at_once())


# Two clients of one district wish at once, each from the other office of it.


def wish_at_once():
    """What each of the two was answered; nobody waits in a ring."""
    with committed_rows():
        offices = [smeda_office(), smeda_office()]
        mine = [CaseFactory(office=office, advisor=colleague(Role.ADVISOR, office=office)) for office in offices]
        for office in offices:
            for _advisor in range(2):
                colleague(Role.ADVISOR, office=office, sex=Sex.WOMAN)

        def wish(place):
            case = mine[place]
            hand_overs.wish(case=case, by=case.person.user, version=0, woman=True, language="")

        return at_once(2, wish)


def test_two_wishes_at_once_wait_for_each_other_in_no_ring():
    for _time in range(3):
        assert wish_at_once() == [None, None]


def test_offices_are_held_in_one_order_whichever_is_the_own():
    """One statement, the lower number first: with one after the other, each would wait for what the other holds."""
    offices = [smeda_office(), smeda_office()]

    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        assignment.hand_out_by_turns(reversed(offices))

    (text,) = (query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"])
    assert 'ORDER BY "accounts_office"."id" ASC' in text


def hold_one_after_the_other(offices):
    """As each comes, with time for the other in between: the control's order."""
    for office in offices:
        list(Office.objects.filter(pk=office.pk).select_for_update(no_key=True))
        sleep(0.2)


def test_one_after_the_other_they_do_wait_in_a_ring(monkeypatch):
    """The failing control: the own office first, then the other."""
    monkeypatch.setattr(assignment, "hand_out_by_turns", hold_one_after_the_other)

    with pytest.raises(AssertionError):
        assert wish_at_once() == [None, None]

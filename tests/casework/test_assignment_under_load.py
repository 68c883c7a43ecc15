"""Registrations at once spread over the advisors: each counts the one before it. 40 at a time for four advisors."""

import pytest
from django.db.models import Count

from accounts.roles import Role
from casework.actions import assignment, cases
from casework.models import Case
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.casework import smeda_office
from tests.factories.enterprises import OwnershipFactory, system

REGISTRATIONS, ADVISORS = 40, 4

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def register_at_once():
    """How many cases each advisor has after everybody came through the door together."""
    with committed_rows():
        office, by = smeda_office(), system()
        for _advisor in range(ADVISORS):
            colleague(Role.ADVISOR, office=office)
        owners = [OwnershipFactory() for _owner in range(REGISTRATIONS)]

        def register(place):
            cases.open_for(enterprise=owners[place].enterprise, person=owners[place].person, by=by)

        assert at_once(REGISTRATIONS, register) == [None] * REGISTRATIONS
        loads = Case.objects.values("advisor").annotate(cases=Count("id")).order_by("cases")
        return list(loads.values_list("cases", flat=True))


def check(loads):
    assert loads == [REGISTRATIONS // ADVISORS] * ADVISORS


def test_forty_at_once_are_ten_for_each_of_four():
    check(register_at_once())


def test_without_the_lock_the_same_check_fails(monkeypatch):
    """The failing control: the office is read without being held."""
    monkeypatch.setattr(assignment, "hand_out_by_turns", lambda office: office)

    with pytest.raises(AssertionError):
        check(register_at_once())

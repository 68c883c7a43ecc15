"""Registrations at once spread over the advisors: each counts the one before it. 40 at a time for four advisors."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models import Count

from accounts.roles import Role
from casework.actions import cases
from casework.models import Case
from tests.factories.accounts import colleague
from tests.factories.casework import smeda_office
from tests.factories.enterprises import OwnershipFactory, system

REGISTRATIONS, ADVISORS = 40, 4

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def register_at_once():
    """How many cases each advisor has after everybody came through the door together."""
    office = smeda_office()
    for _advisor in range(ADVISORS):
        colleague(Role.ADVISOR, office=office)
    owners = [OwnershipFactory() for _owner in range(REGISTRATIONS)]
    by, start = system(), threading.Barrier(REGISTRATIONS)

    def register(owner):
        try:
            start.wait(timeout=60)
            cases.open_for(enterprise=owner.enterprise, person=owner.person, by=by)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(REGISTRATIONS) as pool:
        list(pool.map(register, owners))
    loads = Case.objects.values("advisor").annotate(cases=Count("id")).order_by("cases")
    return list(loads.values_list("cases", flat=True))


def check(loads):
    assert loads == [REGISTRATIONS // ADVISORS] * ADVISORS


def test_forty_at_once_are_ten_for_each_of_four():
    check(register_at_once())


def test_without_the_lock_the_same_check_fails(monkeypatch):
    """The failing control: the office is read without being held."""
    monkeypatch.setattr(cases, "hand_out_by_turns", lambda office: office)

    with pytest.raises(AssertionError):
        check(register_at_once())

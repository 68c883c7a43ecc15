"""Whose phone it is and how it may be used (R12): said by the person, or written down by an advisor."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from enterprises.actions import phones
from journal.models import Event
from journal.moves import EditConflict
from tests.factories.accounts import colleague
from tests.factories.enterprises import district, entrepreneur

pytestmark = pytest.mark.django_db


def describe(person, by, **changes):
    facts = {
        "version": person.version,
        "phone_owner": "spouse",
        "phone_reader": "other",
        "safe_from": dt.time(10),
        "safe_until": dt.time(13),
        "loans_may_be_named": False,
    }
    return phones.describe(person=person, by=by, **facts | changes)


@pytest.fixture
def owner():
    return entrepreneur().person


def test_what_was_said_is_kept(owner):
    describe(owner, owner.user)

    owner.refresh_from_db()
    assert (owner.phone_owner, owner.phone_reader, owner.safe_from, owner.safe_until, owner.loans_may_be_named) == (
        "spouse",
        "other",
        dt.time(10),
        dt.time(13),
        False,
    )
    event = Event.objects.get()
    assert (event.name, event.data, owner.version) == ("enterprises.phone_described", {"owner": "spouse"}, 1)


def test_of_two_who_edit_one_is_told(owner, advisor):
    describe(owner, advisor, version=0)

    with pytest.raises(EditConflict):
        describe(owner, owner.user, version=0)


def test_only_an_advisor_opens_a_phone_of_strangers(owner, advisor):
    describe(owner, owner.user, phone_owner="neighbour")
    owner.refresh_from_db()

    with pytest.raises(ValidationError) as refusal:
        describe(owner, owner.user, phone_owner="self")
    stayed = describe(owner, owner.user, phone_owner="other")
    opened = describe(stayed, advisor, phone_owner="self")

    assert (list(refusal.value.message_dict), stayed.phone_owner, opened.phone_owner) == (
        ["phone_owner"],
        "other",
        "self",
    )


def test_nobody_else_writes_it(owner):
    for user in (colleague(Role.ADVISOR, districts=[district("lahore")]), entrepreneur().person.user):
        with pytest.raises(PermissionDenied):
            describe(owner, user)

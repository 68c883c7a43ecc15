"""Whose phone it is and how it may be used (R12): said by the person, or written down by an advisor."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions import phones
from enterprises.models import Person
from journal.events import record
from journal.models import Event
from journal.moves import EditConflict
from tests.factories.accounts import colleague
from tests.factories.enterprises import PersonFactory, StatementFactory, district, entrepreneur, system

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


@pytest.mark.parametrize(
    ("writer", "phone_owner", "source"),
    [
        ("owner", "spouse", "self"),
        ("owner", "self", "self"),
        ("advisor", "spouse", "assisted"),
        ("advisor", "self", "import"),
    ],
)
def test_who_says_whose_phone_it_is_has_stated_it(owner, advisor, writer, phone_owner, source):
    """R4: what was called wrong and then changed is no longer called wrong; saving the hours alone changes nothing."""
    StatementFactory(person=owner, field="phone_owner", source="import", disputed_at=timezone.now())
    by = {"owner": owner.user, "advisor": advisor}[writer]

    describe(owner, by, phone_owner=phone_owner)

    statement, stays = owner.statements.get(), source == "import"
    assert (statement.source, statement.by == by, statement.disputed_at is None) == (source, not stays, not stays)


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


def presumed_of_new(*, created_at):
    """What is left of one of whom nobody said it, and of those who did, in their own record or a joined one."""
    read_alone = {"phone_reader": "self", "loans_may_be_named": True, "created_at": created_at}
    unasked, said, kept = (PersonFactory(**read_alone) for _one in range(3))
    for person in (said, PersonFactory(**read_alone, merged_into=kept)):
        record(phones.DESCRIBED, target=person, by=system(), audience=phones.AUDIENCE)

    phones.forget_presumed(now=timezone.now())

    found = dict(Person.objects.values_list("pk", "phone_reader"))
    return [found[person.pk] for person in (unasked, said, kept)]


def test_what_the_release_before_presumed_of_whoever_it_registers_is_forgotten():
    """R12: also while one release gives way to the next; what was written before that is another matter."""
    now = timezone.now()

    assert presumed_of_new(created_at=now - dt.timedelta(hours=40)) == ["unsaid", "self", "self"]
    assert presumed_of_new(created_at=now - dt.timedelta(hours=50)) == ["self"] * 3
    assert not Person.objects.filter(phone_reader="unsaid", loans_may_be_named=True).exists()

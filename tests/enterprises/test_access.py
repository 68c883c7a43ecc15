"""Printed codes and PIN (N4): given by an advisor of the district who saw the card, and kept as digests alone."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import check_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions import access, codes
from enterprises.models import CodeSheet, Pin, SheetCode, SignInLock
from journal.models import Event
from messaging.models import Message
from tests.factories.accounts import colleague
from tests.factories.enterprises import (
    CodeSheetFactory,
    OwnershipFactory,
    PersonFactory,
    PinFactory,
    SignInLockFactory,
    district,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return OwnershipFactory(person__birth_year=1988).person


def events():
    return list(Event.objects.order_by("id").values_list("name", flat=True))


def test_a_sheet_has_ten_codes_and_only_digests_stay(advisor, person):
    sheet = access.issue_sheet(person=person, by=advisor)

    printed = access.codes_on(sheet, by=advisor)
    assert [len(code) for code in printed] == [8] * 10
    assert [
        code.digest == access.digest_of(said, person_id=person.pk)
        for code, said in zip(sheet.codes.order_by("place"), printed, strict=True)
    ] == [True] * 10
    assert [said in sheet.secret for said in printed] == [False] * 10
    assert (sheet.number, events()) == (1, ["enterprises.card_seen", "enterprises.sheet_given"])
    person.refresh_from_db()
    assert person.cnic_standing == "verified"


def test_a_new_sheet_voids_the_one_before(advisor, person):
    first, second = [access.issue_sheet(person=person, by=advisor) for _time in range(2)]

    first.refresh_from_db()
    assert (first.ended_at is None, first.secret, second.number) == (False, "", 2)
    assert list(person.code_sheets.good()) == [second]
    assert (SheetCode.objects.good_for(person.pk).count(), second.codes.unused().count()) == (0, 10)


def test_codes_are_shown_to_the_issuer_for_half_an_hour(advisor, person):
    sheet = access.issue_sheet(person=person, by=advisor)
    other = colleague(Role.ADVISOR, districts=[district()])

    seen = [len(access.codes_on(sheet, by=user)) for user in (advisor, other)]
    sheet.issued_at -= dt.timedelta(minutes=31)

    assert (seen, access.codes_on(sheet, by=advisor)) == ([10, 0], [])


def test_handed_over_they_are_shown_to_nobody(advisor, person):
    sheet = access.hand_over_sheet(sheet=access.issue_sheet(person=person, by=advisor), by=advisor)

    assert (sheet.secret, sheet.ended_at, access.codes_on(sheet, by=advisor)) == ("", None, [])
    assert SheetCode.objects.good_for(person.pk).count() == 10


def test_it_is_handed_over_once_and_also_after_the_codes_were_wiped(advisor, person):
    sheet = access.issue_sheet(person=person, by=advisor)
    access.forget(now=timezone.now() + dt.timedelta(minutes=31))
    before = SheetCode.objects.good_for(person.pk).count()

    at = [access.hand_over_sheet(sheet=sheet, by=advisor).handed_over_at for _time in range(2)]

    assert (before, SheetCode.objects.good_for(person.pk).count(), at[0] == at[1]) == (0, 10, True)
    said = Event.objects.filter(name="enterprises.sheet_in_hand")
    assert [(event.by, event.data) for event in said] == [(advisor, {"number": sheet.number})]


def test_a_void_sheet_is_not_handed_over(advisor, person):
    first, _second = [access.issue_sheet(person=person, by=advisor) for _time in range(2)]

    with pytest.raises(ValidationError) as refused:
        access.hand_over_sheet(sheet=first, by=advisor)

    first.refresh_from_db()
    assert (refused.value.code, first.handed_over_at) == ("void", None)


def test_what_was_not_handed_over_is_wiped(advisor, person):
    sheet = access.issue_sheet(person=person, by=advisor)

    wiped = [access.forget(now=timezone.now() + dt.timedelta(minutes=minutes)) for minutes in (29, 31, 32)]

    sheet.refresh_from_db()
    assert (wiped, sheet.secret, sheet.ended_at) == ([0, 1, 0], "", None)


def test_a_lost_sheet_is_made_void(advisor, person):
    access.issue_sheet(person=person, by=advisor)

    for _time in range(2):
        access.end_sheet(person=person, by=advisor)

    assert (CodeSheet.objects.good().count(), events()[2:]) == (0, ["enterprises.sheet_ended"])


def test_a_pin_is_hashed_and_replaced(advisor, person):
    access.set_pin(person=person, pin="482915", by=advisor)

    access.set_pin(person=person, pin="907362", by=advisor)

    pin = Pin.objects.get()
    assert [check_password(typed, pin.secret) for typed in ("482915", "907362")] == [False, True]
    assert (pin.chosen_with, events()) == (
        advisor,
        ["enterprises.card_seen", "enterprises.pin_chosen", "enterprises.pin_chosen"],
    )


@pytest.mark.parametrize("pin", ["123456", "000000", "198807"])
def test_an_easy_pin_is_refused(advisor, person, pin):
    with pytest.raises(ValidationError) as refusal:
        access.set_pin(person=person, pin=pin, by=advisor)

    assert (refusal.value.message_dict, Pin.objects.count()) == (
        {"pin": ["This PIN is easy to guess. Choose six other digits."]},
        0,
    )


def test_a_pin_is_removed(advisor, person):
    PinFactory(person=person)

    for _time in range(2):
        access.remove_pin(person=person, by=advisor)

    assert (Pin.objects.count(), events()) == (0, ["enterprises.pin_removed"])


def test_whoever_gets_a_new_way_in_is_told_each_time(advisor, person):
    """An advisor can let somebody in without their phone, but not without their knowing."""
    access.issue_sheet(person=person, by=advisor)
    for _time in range(2):
        access.set_pin(person=person, pin="907362", by=advisor)

    told = Message.objects.filter(kind="enterprises.way_in", person_id=person.pk, target_label="enterprises.person")
    assert told.count() == 3


def test_unlocking_clears_every_number_that_leads_to_the_person(advisor, person):
    merged = PersonFactory(merged_into=person)
    for number in (person.cnic, merged.cnic, "3630299999999"):
        SignInLockFactory(subject=codes.subject_of(number))

    access.unlock(person=person, by=advisor)

    assert list(SignInLock.objects.values_list("subject", flat=True)) == [codes.subject_of("3630299999999")]


def test_without_a_card_there_is_nothing_to_sign_in_with(advisor):
    person = OwnershipFactory(person__cnic=None, person__cnic_standing="none").person

    for act in (access.issue_sheet, lambda **who: access.set_pin(pin="482915", **who)):
        with pytest.raises(ValidationError) as refusal:
            act(person=person, by=advisor)
        assert refusal.value.code == "no_card"


@pytest.mark.parametrize("act", ["issue_sheet", "end_sheet", "remove_pin", "unlock"])
def test_nobody_else_gives_or_takes(person, act):
    for user in (
        colleague(Role.ADVISOR, districts=[district("lahore")]),
        colleague(Role.TRAINER, districts=[district()]),
        colleague(Role.AUDITOR),
    ):
        with pytest.raises(PermissionDenied):
            getattr(access, act)(person=person, by=user)


def test_a_sheet_of_two_digests_alike_is_not_made(monkeypatch):
    numbers = iter([7, 7, *range(9, 18)])
    monkeypatch.setattr(access.secrets, "randbelow", lambda _most: next(numbers))

    assert len(set(access.new_codes())) == 10


def test_codes_of_a_void_sheet_are_not_shown(advisor):
    sheet = CodeSheetFactory(issued_by=advisor, ended_at=timezone.now())

    assert access.codes_on(sheet, by=advisor) == []

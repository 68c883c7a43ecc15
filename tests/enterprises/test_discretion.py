"""Whose phone it is decides what is said on it (R12), for every kind of message that the portal has."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from enterprises.discretion import called_on_phone, phone_for_codes, reach
from enterprises.models import Person
from messaging import discreet, kinds
from messaging.kinds import Recipient
from messaging.quiet import Hours
from messaging.texts import parts
from tests.factories.enterprises import DraftFactory, PersonFactory

PHONE = "+923000001234"
FAMILY = ["spouse", "parent", "child", "relative", "unsaid"]
STRANGERS = ["neighbour", "other"]


def person(**facts):
    return Person(**{"pk": 5, "phone": PHONE, "language": "ur", "loans_may_be_named": True} | facts)


def test_an_own_phone_gets_the_text_as_it_is():
    assert Person().loans_may_be_named is False  # until somebody asked
    assert reach(person()) == Recipient(PHONE, "ur", 5)


def test_an_own_phone_where_loans_may_not_be_named_gets_the_discreet_text():
    assert reach(person(loans_may_be_named=False)) == Recipient(PHONE, "ur", 5, is_discreet=True)


@pytest.mark.parametrize("owner", FAMILY)
@pytest.mark.parametrize("may_be_named", [True, False])
def test_a_phone_of_the_family_gets_the_discreet_text_whatever_is_allowed(owner, may_be_named):
    found = reach(person(phone_owner=owner, loans_may_be_named=may_be_named))

    assert found == Recipient(PHONE, "ur", 5, is_discreet=True)


@pytest.mark.parametrize("owner", STRANGERS)
def test_on_a_phone_of_strangers_a_person_calls(owner):
    assert reach(person(phone_owner=owner)) == Recipient(PHONE, "ur", 5, is_discreet=True, is_called=True)


def test_every_owner_is_one_of_the_three():
    assert {"self", *FAMILY, *STRANGERS} == set(Person.PhoneOwner.values)


def test_safe_hours_go_along():
    found = reach(person(safe_from=dt.time(10), safe_until=dt.time(13)))

    assert found == Recipient(PHONE, "ur", 5, hours=Hours(dt.time(10), dt.time(13)))


def test_without_a_phone_there_is_no_way():
    assert reach(Person(phone="")) is None


@pytest.mark.parametrize("owner", Person.PhoneOwner.values)
def test_codes_go_to_no_phone_of_strangers(owner):
    assert phone_for_codes(person(phone_owner=owner)) == ("" if owner in STRANGERS else PHONE)


@pytest.mark.parametrize(("language", "most"), [("en", 1), ("ur", 2)])
def test_the_discreet_text_names_nothing_and_fits(language, most):
    text = discreet.say(None, language)

    assert [word for word in ("loan", "rs", "late", "due", "قرض", "قسط", "روپے") if word in text.lower().split()] == []
    assert parts(text) <= most


def test_every_kind_to_people_about_loans_says_the_discreet_text():
    of_loans = {kind.name: kind.discreet for kind in kinds.installed() if kind.name.startswith("loans.")}

    assert len(of_loans) == 11
    assert set(of_loans.values()) == {discreet.say}


@pytest.mark.django_db
def test_old_answers_become_new_ones_and_lead_back():
    migration = import_module("enterprises.migrations.0011_map_phone_owners")
    people = [PersonFactory(phone_owner=owner) for owner in ("self", "family", "other")]
    draft = DraftFactory()
    draft.answers["phone"] = {"phone_owner": "family"}
    draft.save()

    def owners():
        draft.refresh_from_db()
        found = [Person.objects.get(pk=person.pk).phone_owner for person in people]
        return [*found, draft.answers["phone"]["phone_owner"]]

    with connection.schema_editor() as editor:
        migration.forth(apps, editor)
        after = owners()
        migration.back(apps, editor)

    assert after == ["self", "relative", "other", "relative"]
    assert owners() == ["self", "family", "other", "family"]


@pytest.mark.parametrize(
    ("facts", "others", "called"),
    [
        ({"name": "Nasreen Bibi"}, [], ""),
        ({"name": "Nasreen Bibi", "phone_owner": "spouse"}, [], "Nasreen Bibi"),
        ({"name": "Muhammad Akram"}, ["Nasreen Bibi"], "Muhammad Akram"),
        ({"name": "Muhammad Akram", "parent_name": "Allah Ditta"}, ["Mohammad Akram"], "Muhammad Akram (Allah Ditta)"),
        ({"name": "Muhammad Akram", "cnic": "3630248291057"}, ["Muhammad Akram"], "Muhammad Akram (CNIC ...057)"),
        ({"name": "Syed Muhammad Ghulam Mustafa Shah Bukhari"}, ["Ali Raza"], "Syed Muhammad Ghulam Bukhari"),
        ({"name": "Abdulrehmanabdulrehman Abdulrehman"}, ["Ali Raza"], "Abdulrehmanabdulrehman Abdulre"),
    ],
)
def test_on_a_phone_of_several_a_code_names_one_of_them(facts, others, called):
    """R11: two Muhammad Akrams on one phone each know which code is theirs."""
    assert called_on_phone(person(**facts), others) == called

"""One person a CNIC (R6), whoever registers them. That it holds under load stands in test_registrations."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from enterprises.actions.people import find_or_register_person, living
from enterprises.models import Person
from tests.factories.accounts import colleague
from tests.factories.enterprises import PersonFactory, system

CNIC = "3630248291056"


def register(**changes):
    facts = {"cnic": CNIC, "name": "Nasreen Bibi", "sex": "woman", "by": system()}
    return find_or_register_person(**facts | changes)


@pytest.mark.django_db
def test_a_new_number_is_claimed_by_a_new_person():
    person, is_new = register(cnic="۳۶۳۰۲-۴۸۲۹۱۰۵-۶", phone="+923000001234")

    assert (is_new, person.cnic, person.cnic_standing, person.phone) == (True, CNIC, "claimed", "+923000001234")


@pytest.mark.django_db
def test_who_is_on_file_keeps_what_is_written_there():
    person = PersonFactory(cnic=CNIC, name="Nasreen Bibi", phone="+923000001234")

    found = register(name="Somebody Else", phone="+923009999999")

    person.refresh_from_db()
    assert (found, person.name, person.phone) == ((person, False), "Nasreen Bibi", "+923000001234")


@pytest.mark.django_db
def test_without_a_card_it_is_always_somebody_new():
    people = [register(cnic=None) for _time in range(2)]

    assert [(person.cnic, person.cnic_standing, is_new) for person, is_new in people] == [(None, "none", True)] * 2
    assert Person.objects.count() == 2


@pytest.mark.django_db
def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValidationError) as refusal:
        register(cnic="12")

    assert (refusal.value.code, Person.objects.count()) == ("cnic", 0)


@pytest.mark.django_db
def test_a_merged_record_leads_to_the_one_that_lives():
    kept = PersonFactory()
    middle = PersonFactory(merged_into=kept)
    PersonFactory(cnic=CNIC, merged_into=middle)

    assert (register(), living(kept)) == ((kept, False), kept)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "may"),
    [
        (role, role in {"advisor", "regional_manager", "partner_clerk", "loan_officer", "branch_manager"})
        for role in Role
    ],
)
def test_who_may_register_people(role, may):
    user = colleague(role)

    if may:
        assert register(by=user)[0].created_by == user
    else:
        with pytest.raises(PermissionDenied):
            register(by=user)

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from formalisation.actions import registrations
from formalisation.models import Registration, RegistrationKind
from journal.models import Event
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory
from tests.factories.enterprises import EnterpriseFactory, district
from tests.hostile import throw_at

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)


@pytest.fixture
def advisor():
    return colleague(Role.ADVISOR, districts=[district()])


def path_of(case):
    return reverse("formalisation:registration-create", args=[case.enterprise_id])


def obtain(by, *, enterprise=None, number="1234567"):
    return registrations.obtain(
        enterprise=enterprise or EnterpriseFactory(),
        kind=RegistrationKind.objects.get(code="ntn"),
        number=number,
        obtained_on=DAY,
        is_new=True,
        by=by,
    )


def test_a_registration_leaves_its_event(advisor):
    registration = obtain(advisor)
    event = Event.objects.get(name="formalisation.obtained")

    assert (event.enterprise_id, event.data) == (
        registration.enterprise_id,
        {
            "kind": "ntn",
            "registration": registration.pk,
            "is_new": True,
            "on": registration.obtained_on.isoformat(),
        },
    )


@pytest.mark.parametrize("same", ["kind", "number"])
def test_a_registration_counts_once(advisor, same):
    first = obtain(advisor)
    other = first.enterprise if same == "kind" else EnterpriseFactory()

    with pytest.raises(ValidationError):
        obtain(advisor, enterprise=other, number="7654321" if same == "kind" else first.number)

    assert Registration.objects.count() == 1


def test_an_advisor_of_another_district_records_nothing():
    with pytest.raises(PermissionDenied):
        obtain(colleague(Role.ADVISOR, districts=[district("lahore")]))


def test_the_page_says_what_the_number_looks_like(signed_in, advisor):
    case = CaseFactory()
    kind = RegistrationKind.objects.get(code="ntn")

    response = signed_in(advisor).post(
        f"/formalisation/{case.enterprise_id}/registrations/new/",
        {"kind": kind.pk, "number": "12", "obtained_on": "02-11-2026", "is_new": "yes", "request_key": uuid.uuid4()},
    )

    assert response.context["form"].errors == {
        "number": ["The number looks like this: 7 digits, or the 13 digits of the CNIC"]
    }


def test_the_page_saves_digits_of_any_script(signed_in, advisor):
    case = CaseFactory()
    kind = RegistrationKind.objects.get(code="ntn")

    response = signed_in(advisor).post(
        f"/formalisation/{case.enterprise_id}/registrations/new/",
        {
            "kind": kind.pk,
            "number": "۱۲۳۴۵۶۷",
            "obtained_on": "۰۲-۱۱-۲۰۲۶",
            "is_new": "no",
            "request_key": uuid.uuid4(),
        },
    )
    stored = Registration.objects.get()

    assert (response.url, stored.number, stored.obtained_on, stored.is_new) == (
        case.get_absolute_url(), "1234567", DAY, False,
    )  # fmt: skip


def test_a_number_of_dashes_alone_is_none(signed_in, advisor):
    typed = {"number": "--- -", "kind": "", "obtained_on": "", "is_new": "", "request_key": uuid.uuid4()}

    response = signed_in(advisor).post(path_of(CaseFactory()), typed)

    assert response.context["form"].errors["number"] == ["Write the number that is on the paper."]


def test_whatever_is_typed_the_page_answers_and_keeps_nothing_refused(signed_in, advisor):
    fields = ["kind", "number", "obtained_on", "is_new"]

    throw_at(path_of(CaseFactory()), client=signed_in(advisor), fields=fields, app="formalisation")


@pytest.mark.parametrize(("written", "said"), [("[0-9]{7}", None), ("[0-9", "This format cannot be read")])
def test_a_format_is_one_that_can_be_read(signed_in, written, said):
    kind = RegistrationKind.objects.get(code="ntn")
    typed = {field.name: getattr(kind, field.name) for field in kind._meta.fields} | {"number_format": written}
    client = signed_in(colleague(Role.ADMINISTRATOR))

    response = client.post(reverse("admin:formalisation_registrationkind_change", args=[kind.pk]), typed)

    told = str(response.context["errors"]) if response.context else None
    assert told is None if said is None else said in told


def change(registration, **values):
    Registration.objects.filter(pk=registration.pk).update(**values)


# Constraint, what it refuses, and beside it the same with its condition met.
REFUSED = {
    "formalisation_kind_once": lambda first, other: change(other, enterprise=first.enterprise),
    "formalisation_number_once": lambda first, other: change(other, number=first.number),
    "formalisation_has_number": lambda _first, other: change(other, number=""),
}
CONTROLS = {
    "formalisation_kind_once": lambda _first, other: change(other, enterprise=EnterpriseFactory()),
    "formalisation_number_once": lambda _first, other: change(other, number="3333333"),
    "formalisation_has_number": lambda _first, other: change(other, number="3333333"),
}


def refused_by(name, act, rows):
    try:
        with transaction.atomic():
            act(*rows)
    except IntegrityError as error:
        return name in str(error)
    return False


def test_every_constraint_refuses_and_lets_the_rest_pass(advisor):
    rows = obtain(advisor), obtain(advisor, number="2222222")
    names = {constraint.name for constraint in Registration._meta.constraints}

    refused = {name for name, act in REFUSED.items() if refused_by(name, act, rows)}
    passed = {name for name, act in CONTROLS.items() if not refused_by(name, act, rows)}

    assert (refused, passed) == (names, names)


@pytest.mark.parametrize("role", Role.values)
def test_sight_in_queryset_and_rule_agree(role):
    registration = obtain(colleague(Role.ADVISOR, districts=[district()]))
    for user in (colleague(role, districts=[district()]), colleague(role, districts=[district("lahore")])):
        listed = Registration.objects.visible_to(user).filter(pk=registration.pk).exists()

        assert listed == user.has_perm("formalisation.view_registration", registration)

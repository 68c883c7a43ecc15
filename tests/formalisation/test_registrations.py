import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from formalisation.actions import registrations
from formalisation.models import Registration, RegistrationKind
from journal.models import Event
from tests.factories.accounts import colleague
from tests.factories.casework import CaseFactory
from tests.factories.enterprises import EnterpriseFactory, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)


@pytest.fixture
def advisor():
    return colleague(Role.ADVISOR, districts=[district()])


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
        {"kind": "ntn", "registration": registration.pk},
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

    assert (response.status_code, stored.number, stored.obtained_on, stored.is_new) == (302, "1234567", DAY, False)


@pytest.mark.parametrize("role", Role.values)
def test_sight_in_queryset_and_rule_agree(role):
    registration = obtain(colleague(Role.ADVISOR, districts=[district()]))
    for user in (colleague(role, districts=[district()]), colleague(role, districts=[district("lahore")])):
        listed = Registration.objects.visible_to(user).filter(pk=registration.pk).exists()

        assert listed == user.has_perm("formalisation.view_registration", registration)

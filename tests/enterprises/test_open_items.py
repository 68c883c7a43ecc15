"""A claim waits on the desk of the office that covers its district; nobody in particular holds it."""

import pytest
from django.utils import timezone

from accounts.models import Office
from enterprises.open_items import open_items
from journal.open_items import Scope, united
from tests.factories.accounts import OfficeDistrictFactory, OfficeFactory
from tests.factories.enterprises import ClaimFactory, EnterpriseFactory, district

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    office = OfficeFactory(depth=3)
    OfficeDistrictFactory(office=office, district=district())
    return office


def items(**scope):
    return united(open_items(Scope(**scope)), limit=10)


def test_the_office_of_the_district_has_it(office):
    claim = ClaimFactory()
    ClaimFactory(district=district("lahore"))
    ClaimFactory(settled_at=timezone.now(), settled_by=claim.person.created_by, outcome="same")

    found = items(office_ids=frozenset({office.pk}), user_id=1)

    assert found == [
        {
            "kind": "enterprises.claim",
            "enterprise_id": None,
            "since": claim.made_at,
            "due_on": claim.due_on,
            "owner": "advisor",
            "holder_id": None,
            "office_id": office.pk,
            "target_id": claim.pk,
        }
    ]


def test_offices_that_do_not_cover_the_district_and_single_enterprises_have_nothing(office):
    ClaimFactory()
    lender = OfficeFactory(organisation=Office.Organisation.LENDER)
    OfficeDistrictFactory(office=lender, district=district())
    scopes = [
        {"office_ids": frozenset({lender.pk, OfficeFactory().pk})},
        {"user_id": 1},
        {"enterprise_ids": frozenset({EnterpriseFactory().pk})},
    ]

    assert [items(**scope) for scope in scopes] == [[], [], []]

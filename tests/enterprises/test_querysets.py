import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from enterprises.models import Draft, Enterprise, Sector
from enterprises.rules import enterprise_of
from tests.factories.enterprises import DraftFactory, EnterpriseFactory, OwnershipFactory, district

pytestmark = pytest.mark.django_db


def test_abandoned_drafts_have_a_phone_to_call_and_were_left_alone():
    """R3: half-finished registrations."""
    now = timezone.now()
    left = DraftFactory(touched_at=now - dt.timedelta(hours=2))
    DraftFactory(touched_at=now)
    DraftFactory(touched_at=now - dt.timedelta(hours=2), phone="")
    DraftFactory(touched_at=now - dt.timedelta(hours=2), state="done", reference="MUL-1", district=district())

    assert list(Draft.objects.abandoned(before=now - dt.timedelta(hours=1))) == [left]


def test_merged_enterprises_are_left_out():
    kept = EnterpriseFactory()
    EnterpriseFactory(merged_into=kept)

    assert list(Enterprise.objects.unmerged()) == [kept]


def test_a_list_needs_no_further_query(django_assert_num_queries):
    EnterpriseFactory()

    with django_assert_num_queries(1):
        assert [row.district.label + row.sector.label for row in Enterprise.objects.for_list()]


def test_an_enterprise_is_found_from_what_hangs_on_it():
    ownership = OwnershipFactory()
    case = SimpleNamespace(enterprise=ownership.enterprise)

    found = {enterprise_of(item) for item in (ownership.enterprise, ownership, case, SimpleNamespace(case=case))}

    assert found == {ownership.enterprise}


def test_every_line_belongs_to_a_sector_and_only_lines_are_offered():
    offered = [code for _sector, lines in Sector.objects.for_choices() for code, _label in lines]

    assert sorted(offered) == sorted(Sector.objects.filter(parent__isnull=False).values_list("code", flat=True))
    assert len(offered) == len(set(offered)) == 21

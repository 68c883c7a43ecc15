import datetime as dt
from types import SimpleNamespace

import pytest

from enterprises.models import Draft, Enterprise, Sector
from enterprises.rules import enterprise_of
from tests.factories.enterprises import DraftFactory, EnterpriseFactory, OwnershipFactory, PersonFactory, district

pytestmark = pytest.mark.django_db


NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
TWO_HOURS_AGO = NOW - dt.timedelta(hours=2)


def test_who_stopped_left_a_number_and_was_away_for_an_hour():
    """R3: half-finished registrations appear within the hour."""
    stopped = DraftFactory(touched_at=NOW - dt.timedelta(hours=1), call_due_on=NOW.date())
    called_often = DraftFactory(touched_at=TWO_HOURS_AGO, call_due_on=None)
    DraftFactory(touched_at=NOW - dt.timedelta(minutes=59))
    DraftFactory(touched_at=TWO_HOURS_AGO, phone="")
    DraftFactory(touched_at=TWO_HOURS_AGO, state="done", reference="MUL-1", district=district())

    assert set(Draft.objects.stopped(at=NOW)) == {stopped, called_often}
    assert list(Draft.objects.to_call(at=NOW)) == [stopped]


def test_a_number_finds_what_was_begun_with_it_the_last_touched_first():
    phone = "+923000001234"
    older, newer = (DraftFactory(phone=phone, touched_at=NOW - dt.timedelta(days=days)) for days in (2, 1))
    DraftFactory(phone="+923000009999")
    DraftFactory(phone=phone, person=PersonFactory())
    DraftFactory(phone=phone, state="done", reference="MUL-1", district=district())

    assert list(Draft.objects.resumable(phone)) == [newer, older]


def test_the_share_recovered_counts_who_stopped_and_who_finished_after_all():
    """R3: the report shows the percentage recovered."""
    begun = {"begun_at": NOW - dt.timedelta(days=2)}
    finished = {"reference": "MUL-1", "district": district(), "stopped_at": TWO_HOURS_AGO} | begun
    DraftFactory(state="done", **finished)
    DraftFactory(state="claim", **finished | {"reference": "MUL-2"})
    DraftFactory(state="done", **finished | {"reference": "MUL-3", "stopped_at": None})  # never stopped
    DraftFactory(state="erased", answers={}, phone="", stopped_at=TWO_HOURS_AGO, **begun)
    DraftFactory(touched_at=TWO_HOURS_AGO, call_due_on=NOW.date(), **begun)  # stands in the list now
    DraftFactory(stopped_at=TWO_HOURS_AGO, touched_at=NOW, **begun)  # back, and not finished yet
    DraftFactory(touched_at=NOW, **begun)
    DraftFactory(state="done", **finished | {"reference": "MUL-4", "begun_at": NOW - dt.timedelta(days=99)})

    assert Draft.objects.recovery(since=NOW - dt.timedelta(days=90), at=NOW) == {"stopped": 5, "finished": 2}


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

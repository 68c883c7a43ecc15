import datetime as dt

import pytest
from django.db.models import F, Value
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from casework.models import Case
from journal.open_items import COLUMNS, Cursor, Owner, Scope, as_items, asking, board, next_step, read, united
from tests.factories.casework import CaseFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)


def items(rows=None, **changes):
    told = {
        "kind": "test.case",
        "enterprise": "enterprise_id",
        "since": "opened_at",
        "due_on": "first_contact_due_on",
        "owner": Owner.ADVISOR,
        "holder": "advisor_id",
        "office": "office_id",
    }
    return as_items(Case.objects.all() if rows is None else rows, **told | changes)


def test_every_source_has_the_same_columns():
    case = CaseFactory(first_contact_due_on=MONDAY)

    (row,) = united([items()], limit=10)

    assert row == {
        "kind": "test.case",
        "enterprise_id": case.enterprise_id,
        "since": case.opened_at,
        "due_on": MONDAY,
        "owner": "advisor",
        "holder_id": case.advisor_id,
        "office_id": case.office_id,
        "target_id": case.pk,
    }
    assert tuple(row) == COLUMNS


def test_an_item_may_have_no_holder_and_no_office_and_an_owner_of_its_own():
    CaseFactory()

    (row,) = united([items(holder=None, office=None, owner=F("state"))], limit=1)

    assert (row["holder_id"], row["office_id"], row["owner"]) == (None, None, "new")


def test_sources_are_united_the_earliest_due_first_and_limited_together():
    late, later, latest = (CaseFactory(first_contact_due_on=MONDAY + dt.timedelta(days=days)) for days in (0, 1, 2))
    odd = items(Case.objects.filter(pk__in=[late.pk, latest.pk]), kind="test.odd")
    even = items(Case.objects.filter(pk=later.pk), kind="test.even")

    rows = united([odd, even], limit=2)

    assert [(row["kind"], row["target_id"]) for row in rows] == [("test.odd", late.pk), ("test.even", later.pk)]


def test_no_source_has_no_items():
    assert united([], limit=10) == []


def at_office(case, **more):
    return Scope(office_ids=frozenset({case.office_id}), **more)


@pytest.mark.parametrize(
    ("scope", "paths", "found"),
    [
        (lambda _case: Scope(), {}, []),
        (lambda case: Scope(enterprise_ids={case.enterprise_id}), {}, [0]),
        (lambda case: Scope(enterprise_ids=Case.objects.filter(pk=case.pk).values("enterprise_id")), {}, [0]),
        (lambda _case: Scope(enterprise_ids=()), {}, []),
        (lambda case: Scope(user_id=case.advisor_id), {}, [0]),
        (lambda case: Scope(user_id=case.advisor_id), {"holder": None}, []),
        (at_office, {}, []),  # somebody in particular holds it
        (lambda case: at_office(case, is_team=True), {}, [0]),
        (at_office, {"holder": None}, [0]),
        (lambda case: at_office(case, is_team=True), {"office": None}, []),
        (lambda case: at_office(case, user_id=case.advisor_id), {}, [0]),
    ],
)
def test_a_scope_keeps_what_is_its_own(scope, paths, found):
    cases = CaseFactory.create_batch(2)
    told = {"enterprise": "enterprise_id", "holder": "advisor_id", "office": "office_id"} | paths

    rows = scope(cases[0]).narrow(Case.objects.order_by("pk"), **told)

    assert list(rows) == [cases[place] for place in found]


def page_of(sources, *, after=None, limit=4, show="", today=MONDAY, week_ends=MONDAY):
    values = {"today": today, "week_ends": week_ends}
    return read(board(sources), values | asking(show=show, limit=limit, after=after))


def test_pages_follow_each_other_without_gap_or_repeat():
    cases = [CaseFactory(first_contact_due_on=MONDAY + dt.timedelta(days=place // 3)) for place in range(7)]
    sources = [items(kind="test.b"), items(kind="test.a")]
    pages, after = [], None

    while page := page_of(sources, after=after)[1]:
        pages.append([(row["due_on"], row["kind"], row["target_id"]) for row in page])
        after = Cursor.at(page[-1])

    everything = [(case.first_contact_due_on, kind, case.pk) for case in cases for kind in ("test.a", "test.b")]
    assert ([len(page) for page in pages], [row for page in pages for row in page]) == (
        [4, 4, 4, 2],
        sorted(everything),
    )


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_of_many_who_wait_for_one_thing_no_page_drops_one(limit):
    CaseFactory.create_batch(3, first_contact_due_on=MONDAY)
    sources, found, after = [items(target=Value(1))], [], None

    while page := page_of(sources, after=after, limit=limit)[1]:
        found += [row["enterprise_id"] for row in page]
        after = Cursor.at(page[-1])

    assert found == list(Case.objects.order_by("enterprise_id").values_list("enterprise_id", flat=True))


def test_a_cursor_comes_back_from_its_url():
    cursor = Cursor(MONDAY, "casework.first_contact", 7, 9)

    assert (str(cursor), Cursor.parse(str(cursor))) == ("2026-11-23_casework.first_contact_7_9", cursor)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-11-23",
        "2026-11-23_7_9",
        "2026-11-23_a_7",
        "2026-11-31_a_7_9",
        "2026-11-23_a_x_9",
        "2026-11-23_a_7_x",
        "2026-11-23_a\x00_7_9",
        "2026-11-23_a_7_" + "9" * 19,
    ],
)
def test_what_is_no_cursor_is_none(text):
    assert Cursor.parse(text) is None


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    day=st.dates().map(str) | st.text(max_size=5),
    kind=st.text(max_size=5),
    number=st.integers().map(str) | st.text(max_size=3),
)
def test_no_cursor_breaks_a_page(day, kind, number):
    after = Cursor.parse(f"{day}_{kind}_{number}_{number}")

    assert page_of([items()], after=after)[1] == []


def test_items_are_counted_by_how_late_they_are_and_who_has_them(django_assert_num_queries):
    for days in (-1, 0, 1, 4, 5):
        CaseFactory(first_contact_due_on=MONDAY + dt.timedelta(days=days))
    friday = MONDAY + dt.timedelta(days=4)

    with django_assert_num_queries(1):
        found, page = page_of([items(), items(owner=Owner.LENDER)], week_ends=friday, show="today")

    assert found == {"late": 2, "today": 1, "week": 2, "waiting": 5, "own": 6}
    assert [(row["due_on"], row["owner"]) for row in page] == [(MONDAY, Owner.ADVISOR)]


def test_one_source_is_counted_too():
    CaseFactory(first_contact_due_on=MONDAY)

    found, _page = page_of([items()])

    assert found == {"late": 0, "today": 1, "week": 0, "waiting": 0, "own": 1}


def test_counts_stand_where_nothing_is_listed():
    CaseFactory(first_contact_due_on=MONDAY)

    assert page_of([items()], show="late") == ({"late": 0, "today": 1, "week": 0, "waiting": 0, "own": 1}, [])


@pytest.mark.parametrize(
    ("kinds", "first"),
    [
        ([], None),
        (["call"], 0),
        (["call", "step"], 1),
        (["step", "plan"], 0),
        (["call", "call"], 0),
        (["step", "call", "answer"], 2),
    ],
)
def test_the_next_step_is_the_earliest_that_brings_the_case_on(kinds, first):
    """A call that was agreed stands beside the way (C7)."""
    known = [{"kind": kind} for kind in kinds]

    found = next_step(known, beside={"call"}, ahead={"answer"})

    assert found is (None if first is None else known[first])

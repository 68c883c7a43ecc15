from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places.calendar import (
    DAY,
    LENDING,
    OFFICE,
    REST_DAYS,
    Calendar,
    add_working_days,
    is_working,
    late_cutoff,
    on_time_until,
    working_days_between,
)
from places.models import Holiday

START, END = date(2026, 1, 1), date(2028, 12, 31)
DAYS = st.dates(START, END)
HOLIDAYS_IN_A_ROW = st.builds(
    lambda day, count: frozenset(day + step * DAY for step in range(count)), DAYS, st.integers(0, 30)
)
CALENDARS = st.builds(
    Calendar,
    rest_days=st.sampled_from(list(REST_DAYS.values())),
    closed=st.frozensets(DAYS, max_size=40) | HOLIDAYS_IN_A_ROW,
)


@given(calendar=CALENDARS, due_on=DAYS, today=DAYS)
def test_late_cutoff_says_the_same_as_on_time_until(calendar, due_on, today):
    is_late = on_time_until(due_on, calendar=calendar) < today

    assert (due_on <= late_cutoff(today, calendar=calendar)) == is_late


@given(calendar=CALENDARS, due_on=DAYS)
def test_late_law_fails_for_the_cutoff_that_forgets_closed_days(calendar, due_on):
    """The failing control: with the day before as the cutoff, something due on a closed day is late too early."""
    today = on_time_until(due_on, calendar=calendar)

    assert (due_on <= today - DAY) == (not is_working(due_on, calendar=calendar))
    assert not due_on <= late_cutoff(today, calendar=calendar)


@given(calendar=CALENDARS, first=DAYS, second=DAYS)
def test_shifts_are_monotone(calendar, first, second):
    early, late = sorted([first, second])

    assert on_time_until(early, calendar=calendar) <= on_time_until(late, calendar=calendar)
    assert late_cutoff(early, calendar=calendar) <= late_cutoff(late, calendar=calendar)


@given(calendar=CALENDARS, due_on=DAYS)
def test_on_time_until_is_the_first_working_day(calendar, due_on):
    last = on_time_until(due_on, calendar=calendar)

    assert is_working(last, calendar=calendar)
    assert [day for day in _days(due_on, last) if is_working(day, calendar=calendar)] == []


@given(calendar=CALENDARS, start=DAYS, count=st.integers(-40, 40))
def test_added_working_days_are_counted_back(calendar, start, count):
    end = add_working_days(start, count, calendar=calendar)

    assert is_working(end, calendar=calendar)
    if count > 0:
        assert working_days_between(start, end, calendar=calendar) == count
    elif count < 0:
        passed = [day for day in _days(end, start) if is_working(day, calendar=calendar)]
        assert len(passed) == -count
    else:
        assert end == on_time_until(start, calendar=calendar)


@given(calendar=CALENDARS, start=DAYS, end=DAYS)
def test_working_days_between_has_a_sign(calendar, start, end):
    there = working_days_between(start, end, calendar=calendar)

    assert there == -working_days_between(end, start, calendar=calendar)
    assert abs(there) == sum(is_working(day + DAY, calendar=calendar) for day in _days(*sorted([start, end])))


def test_nothing_due_is_never_late():
    week = Calendar(REST_DAYS[LENDING], frozenset())

    assert on_time_until(None, calendar=week) is None
    assert late_cutoff(None, calendar=week) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("calendar", "due_on", "last"),
    [
        (LENDING, date(2026, 11, 21), date(2026, 11, 21)),  # a Saturday
        (OFFICE, date(2026, 11, 21), date(2026, 11, 23)),
        (LENDING, date(2026, 11, 22), date(2026, 11, 23)),  # a Sunday
        (LENDING, date(2026, 3, 21), date(2026, 3, 24)),  # Eid, Sunday, Pakistan Day
        (LENDING, date(2026, 7, 1), date(2026, 7, 2)),  # banks only
        (OFFICE, date(2026, 7, 1), date(2026, 7, 1)),
        (LENDING, date(2026, 12, 25), date(2026, 12, 26)),  # the 26th is for one community
    ],
)
def test_on_time_until_follows_the_gazette(calendar, due_on, last):
    assert on_time_until(due_on, calendar=calendar) == last


@pytest.mark.django_db
def test_lending_is_the_calendar_when_none_is_named():
    saturday = date(2026, 11, 21)

    assert is_working(saturday)
    assert late_cutoff(date(2026, 11, 23)) == saturday
    assert add_working_days(saturday, 1) == date(2026, 11, 23)
    assert working_days_between(saturday, date(2026, 11, 30)) == 7


@pytest.mark.django_db
def test_holiday_counts_at_once_and_only_for_its_calendar():
    day = date(2026, 11, 24)
    Holiday.objects.create(on=day, name="Flood", name_ur="سیلاب", calendar=Holiday.Calendar.OFFICE)

    assert is_working(day, calendar=LENDING)
    assert not is_working(day, calendar=OFFICE)

    Holiday.objects.filter(on=day).delete()

    assert is_working(day, calendar=OFFICE)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 50])
def test_loaded_calendar_answers_a_whole_list_with_one_query(rows, django_assert_num_queries):
    with django_assert_num_queries(1):
        calendar = Calendar.load(LENDING)
        for step in range(rows):
            due_on = START + timedelta(days=step)
            on_time_until(due_on, calendar=calendar)
            late_cutoff(due_on, calendar=calendar)
            add_working_days(due_on, 5, calendar=calendar)
            working_days_between(START, due_on, calendar=calendar)


def test_unknown_calendar_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        is_working(START, calendar="lunar")


def _days(start, end):
    return [start + step * DAY for step in range((end - start).days)]

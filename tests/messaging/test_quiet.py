from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone as clock
from hypothesis import given
from hypothesis import strategies as st

from messaging.quiet import Hours, is_quiet, last_waking, next_morning

KARACHI = ZoneInfo("Asia/Karachi")


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(7, 59, True), (8, 0, False), (12, 0, False), (20, 59, False), (21, 0, True), (0, 0, True)],
)
def test_nights_are_quiet_by_the_clock_of_pakistan(hour, minute, quiet):
    there = datetime(2026, 11, 24, hour, minute, tzinfo=KARACHI)

    assert [is_quiet(there), is_quiet(there.astimezone(UTC))] == [quiet, quiet]


def test_quiet_hours_do_not_follow_the_readers_zone():
    with clock.override(timezone(timedelta(hours=-8))):
        assert is_quiet(datetime(2026, 11, 24, 12, tzinfo=KARACHI)) is False


@pytest.mark.parametrize(("day", "hour"), [(23, 21), (23, 23), (24, 0), (24, 7)])
def test_the_night_of_the_23rd_ends_on_the_24th_at_eight(day, hour):
    found = next_morning(datetime(2026, 11, day, hour, 30, tzinfo=KARACHI).astimezone(UTC))

    assert found == datetime(2026, 11, 24, 8, tzinfo=KARACHI)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_morning_after_any_quiet_moment_is_soon_and_not_quiet(now):
    morning = next_morning(now)

    assert (is_quiet(morning), timedelta() < morning - now <= timedelta(hours=24)) == (False, True)


@pytest.mark.parametrize(
    ("day", "hour", "then"),
    [(24, 12, (24, 12, 30, 0)), (24, 21, (24, 20, 59, 59)), (25, 3, (24, 20, 59, 59))],
)
def test_the_last_waking_moment_is_now_or_the_evening_before(day, hour, then):
    now = datetime(2026, 11, day, hour, 30, tzinfo=KARACHI).astimezone(UTC)

    assert last_waking(now) == datetime(2026, 11, *then, tzinfo=KARACHI)


HOURS = Hours(time(10), time(13))


@pytest.mark.parametrize(
    ("hour", "minute", "included", "next_day", "next_hour"),
    [
        (9, 59, False, 24, 10),
        (10, 0, True, None, None),
        (12, 59, True, None, None),
        (13, 0, False, 25, 10),
        (23, 0, False, 25, 10),
    ],
)
def test_safe_hours_begin_again(hour, minute, included, next_day, next_hour):
    there = datetime(2026, 11, 24, hour, minute, tzinfo=KARACHI).astimezone(UTC)

    assert HOURS.include(there) is included
    if not included:
        assert HOURS.next_begin(there) == datetime(2026, 11, next_day, next_hour, tzinfo=KARACHI)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_next_safe_hour_is_safe_soon_and_by_day(now):
    begin = HOURS.next_begin(now)

    assert (HOURS.include(begin), is_quiet(begin), timedelta() < begin - now <= timedelta(hours=24)) == (
        True,
        False,
        True,
    ) or HOURS.include(now)

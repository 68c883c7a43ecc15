from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone as clock
from hypothesis import given
from hypothesis import strategies as st

from messaging.quiet import is_quiet, next_morning

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

import datetime as dt

import pytest

from kit.days import begin_of, end_of_tomorrow


def test_a_day_begins_at_midnight_here():
    assert begin_of(dt.date(2026, 11, 26)).isoformat() == "2026-11-26T00:00:00+05:00"


@pytest.mark.parametrize("hour", ["2026-11-25T19:00+00:00", "2026-11-26T12:00+05:00", "2026-11-26T23:59+05:00"])
def test_tomorrow_ends_with_the_second_midnight_from_now(hour):
    assert end_of_tomorrow(dt.datetime.fromisoformat(hour)).isoformat() == "2026-11-28T00:00:00+05:00"

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from reports.periods import Month

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))


@given(DAYS, st.integers(-600, 600))
def test_months_later_and_back_again_is_the_same_month(day, months):
    assert Month.of(day).after(months).after(-months) == Month.of(day)


@given(DAYS)
def test_a_month_ends_the_day_before_the_next_begins(day):
    month = Month.of(day)

    assert (month.last + dt.timedelta(days=1), month.first.day) == (month.after(1).first, 1)


@given(DAYS)
def test_a_month_reads_back_what_it_writes(day):
    assert Month.parse(str(Month.of(day))) == Month.of(day)


@given(st.text(max_size=12).filter(lambda text: "-" not in text))
def test_anything_else_is_no_month(text):
    assert Month.parse(text) is None

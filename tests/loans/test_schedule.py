import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.schedule import (
    ScheduleError,
    days_late,
    dpd,
    first_due_on,
    instalment_of,
    instalments,
    months_after,
    next_due,
    spread,
)
from places.calendar import Calendar

SUNDAYS = Calendar(rest_days=frozenset({6}), closed=frozenset())


@st.composite
def terms(draw):
    """Terms that make a schedule: principal, count, first day, multiple, rounding, step."""
    multiple = draw(st.sampled_from([1, 10, 100, 500, 1000]))
    count = draw(st.integers(1, 60))
    # Enough for a positive last instalment, whatever the rounding.
    principal = draw(st.integers(multiple * count * count, 2_000_000 + multiple * count * count))
    return {
        "principal": principal,
        "count": count,
        "first_due_on": draw(st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31))),
        "multiple": multiple,
        "rounding": draw(st.sampled_from(["nearest", "up", "down"])),
        "step_months": draw(st.sampled_from([1, 2, 3, 6])),
    }


@pytest.mark.parametrize(
    ("principal", "count", "rounding", "amounts"),
    [
        (1000, 6, "nearest", [167, 167, 167, 167, 167, 165]),
        (1000, 6, "down", [166, 166, 166, 166, 166, 170]),
        (1250, 4, "nearest", [312, 312, 312, 314]),
        (1250, 4, "up", [313, 313, 313, 311]),
        (1250, 4, "down", [312, 312, 312, 314]),
        (60_000, 15, "nearest", [4000] * 15),
        (5, 1, "nearest", [5]),
    ],
)
def test_instalments_round_and_leave_the_rest_to_the_last(principal, count, rounding, amounts):
    plan = instalments(principal, count, dt.date(2026, 12, 7), rounding=rounding)

    assert [amount for _due_on, amount in plan] == amounts


def test_instalments_in_steps_of_a_hundred():
    plan = instalments(10_000, 6, dt.date(2026, 12, 7), multiple=100)

    assert [amount for _due_on, amount in plan] == [1700, 1700, 1700, 1700, 1700, 1500]


@pytest.mark.parametrize(
    ("step_months", "days"),
    [
        (1, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (2, ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]),
        (3, ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"]),
        (6, ["2026-01-31", "2026-07-31", "2027-01-31", "2027-07-31"]),
    ],
)
def test_instalments_count_months_from_the_anchor(step_months, days):
    plan = instalments(4000, 4, dt.date(2026, 1, 31), step_months=step_months)

    assert [due_on.isoformat() for due_on, _amount in plan] == days


def test_instalments_know_leap_years():
    plan = instalments(200, 2, dt.date(2028, 1, 31))

    assert plan == [(dt.date(2028, 1, 31), 100), (dt.date(2028, 2, 29), 100)]


@pytest.mark.parametrize(
    ("principal", "count", "multiple", "rounding"),
    [
        (1000, 6, 1000, "nearest"),  # would be nothing each
        (1000, 11, 100, "up"),  # ten of 100 leave nothing for the last
        (3, 5, 1, "up"),
        (0, 5, 1, "nearest"),
        (1000, 0, 1, "nearest"),
        (1000, 5, 0, "nearest"),
    ],
)
def test_instalments_refuse_a_last_one_that_is_not_positive(principal, count, multiple, rounding):
    with pytest.raises(ScheduleError) as refusal:
        instalments(principal, count, dt.date(2026, 12, 7), multiple=multiple, rounding=rounding)

    assert str(refusal.value) == (
        f"Rs {principal:,} cannot be repaid in {count} instalments in steps of Rs {multiple:,}."
    )


@given(terms())
def test_instalments_sum_to_the_principal_and_are_positive(drawn):
    plan = instalments(**drawn)

    assert sum(amount for _due_on, amount in plan) == drawn["principal"]
    assert min(amount for _due_on, amount in plan) > 0
    assert len(plan) == drawn["count"]


@given(terms())
def test_instalments_fall_due_whole_steps_after_the_first(drawn):
    plan = instalments(**drawn)

    first = drawn["first_due_on"]
    ahead = [(due_on.year - first.year) * 12 + due_on.month - first.month for due_on, _amount in plan]
    assert ahead == [number * drawn["step_months"] for number in range(drawn["count"])]
    assert [due_on.day for due_on, _amount in plan] == [
        min(first.day, (months_after(due_on.replace(day=1), 1) - dt.timedelta(days=1)).day) for due_on, _amount in plan
    ]


@given(terms())
def test_instalments_are_what_their_own_terms_spread(drawn):
    shape = {"multiple": drawn["multiple"], "rounding": drawn["rounding"]}
    amount = instalment_of(drawn["principal"], drawn["count"], **shape)

    again = spread(drawn["principal"], amount, drawn["count"], drawn["first_due_on"], step_months=drawn["step_months"])

    assert again == instalments(**drawn)


def test_next_due_is_the_first_instalment_not_covered():
    plan = instalments(1000, 3, dt.date(2026, 12, 7))  # 333, 333, 334

    found = [next_due(plan, paid) for paid in (0, 332, 333, 666, 999, 1000)]

    december, january, february = (due_on for due_on, _amount in plan)
    assert found == [december, december, january, february, february, None]


@pytest.mark.parametrize(
    ("disbursed_on", "first"),
    [
        (dt.date(2026, 11, 24), dt.date(2027, 1, 7)),  # 19 December is the earliest day
        (dt.date(2026, 11, 12), dt.date(2026, 12, 7)),  # exactly 25 days
        (dt.date(2026, 11, 13), dt.date(2027, 1, 7)),
        (dt.date(2026, 10, 28), dt.date(2026, 12, 7)),
    ],
)
def test_first_due_on_is_a_seventh_at_least_25_days_on(disbursed_on, first):
    assert first_due_on(disbursed_on, due_day=7, min_days=25) == first


@pytest.mark.parametrize(
    ("on", "days"),
    [
        (dt.date(2027, 2, 6), 0),
        (dt.date(2027, 2, 7), 0),  # the Sunday on which it is due
        (dt.date(2027, 2, 8), 0),  # Monday is still on time
        (dt.date(2027, 2, 9), 2),  # late, and counted from the due date
        (dt.date(2027, 3, 9), 30),
    ],
)
def test_dpd_counts_from_the_due_date_once_the_next_working_day_is_over(on, days):
    assert dpd(dt.date(2027, 2, 7), on, SUNDAYS) == days


def test_dpd_of_a_loan_with_nothing_due():
    assert dpd(None, dt.date(2027, 2, 7), SUNDAYS) == 0


def test_days_late_needs_no_calendar_when_the_cutoff_is_known():
    assert days_late(dt.date(2027, 2, 7), on=dt.date(2027, 2, 9), cutoff=dt.date(2027, 2, 8)) == 2

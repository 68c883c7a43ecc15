"""The generated column against a plain schedule, on real PostgreSQL: one batch of hypothesis-made terms."""

import datetime as dt

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.days import months_after
from loans.schedule import instalment_of, next_due, spread
from tests.loans.test_schedule import terms

EXAMPLES = 400
INSERT = """
INSERT INTO drawn (id, principal, instalment, count, step_months, first_due_on, paid_before, paid_total, waived_total)
VALUES (%(id)s, %(principal)s, %(instalment)s, %(count)s, %(step_months)s, %(first_due_on)s, %(paid_before)s,
        %(paid_total)s, %(waived_total)s)
"""


@st.composite
def loans(draw):
    """A loan's row: month ends, leap years, new terms after some months, and payments up to the last rupee."""
    drawn = draw(terms())
    drawn["first_due_on"] = draw(
        st.one_of(
            st.just(drawn["first_due_on"]),
            st.sampled_from([dt.date(2027, 12, 31), dt.date(2028, 2, 29), dt.date(2026, 1, 31), dt.date(2026, 8, 30)]),
        )
    )
    waived = draw(st.sampled_from([0, 0, 1, 777]))
    paid_before = draw(st.sampled_from([0, 0, 500, 12_345]))
    paid_in_terms = draw(st.integers(0, drawn["principal"]))
    # The money paid back again by a reversal may fall below what was paid when the terms began.
    paid_total = max(paid_before + paid_in_terms - draw(st.sampled_from([0, 0, 250])), 0)
    return {
        "principal": drawn["principal"] + paid_before + waived,
        "instalment": instalment_of(
            drawn["principal"], drawn["count"], multiple=drawn["multiple"], rounding=drawn["rounding"]
        ),
        "count": drawn["count"],
        "step_months": drawn["step_months"],
        "first_due_on": drawn["first_due_on"],
        "paid_before": paid_before,
        "paid_total": paid_total,
        "waived_total": waived,
    }


def examples(strategy, number):
    """As many examples as hypothesis makes of the strategy, the edges among them."""
    found = []

    @settings(max_examples=number, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(example):
        found.append(example)

    collect()
    return found


def by_the_database(rows):
    """`next_due_on` of every row, computed by the column's own expression in a table made like the real one."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE drawn (LIKE loans_loan INCLUDING GENERATED) ON COMMIT DROP")
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'drawn'::regclass AND attnum > 0 AND attnotnull"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE drawn ALTER COLUMN {name} DROP NOT NULL")
        cursor.executemany(INSERT, [{"id": number, **row} for number, row in enumerate(rows)])
        cursor.execute("SELECT next_due_on FROM drawn ORDER BY id")
        return [next_due_on for (next_due_on,) in cursor.fetchall()]


def by_the_schedule(row, plan_of):
    if row["paid_total"] + row["waived_total"] >= row["principal"]:
        return None
    paid = max(row["paid_total"] - row["paid_before"], 0)
    return next_due(plan_of(row), paid)


def from_the_anchor(row):
    left = row["principal"] - row["paid_before"] - row["waived_total"]
    return spread(left, row["instalment"], row["count"], row["first_due_on"], step_months=row["step_months"])


def from_the_previous(row):
    """How a schedule goes wrong: each due date counted from the one before, so that 31 January ends on the 28th."""
    due_on, plan = row["first_due_on"], []
    for instalment in from_the_anchor(row):
        plan.append(instalment._replace(due_on=due_on))
        due_on = months_after(due_on, row["step_months"])
    return plan


def check_agreement(plan_of):
    rows = examples(loans(), EXAMPLES)

    computed = by_the_database(rows)

    expected = [by_the_schedule(row, plan_of) for row in rows]
    assert [
        (row, theirs, ours) for row, theirs, ours in zip(rows, computed, expected, strict=True) if theirs != ours
    ] == []
    assert len(rows) >= 200


@pytest.mark.django_db
def test_generated_column_agrees_with_the_plain_schedule():
    check_agreement(from_the_anchor)


@pytest.mark.django_db
def test_generated_column_control_counting_from_the_previous_due_date_fails():
    with pytest.raises(AssertionError, match=r"== \[\]"):
        check_agreement(from_the_previous)

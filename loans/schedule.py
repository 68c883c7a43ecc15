"""The schedule of a loan: derived from its terms each time, never stored.

Instalment k (from 0) falls due k steps of months after the first, always counted from that first day: 31 January,
28 February, 31 March. The last instalment takes the remainder, so the sum is the principal to the rupee.
"""

from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from django.utils.translation import gettext as _

from kit.days import months_after
from places.calendar import LENDING, Calendar, late_cutoff

NEAREST, UP, DOWN = "nearest", "up", "down"


class Instalment(NamedTuple):
    """So many rupees by that day."""

    due_on: date
    amount: int


class ScheduleError(ValueError):
    """These terms make no schedule. The text says why, in the reader's language."""


def instalments(  # noqa: PLR0917 (people and scripts call it by position)
    principal: int,
    count: int,
    first_due_on: date,
    multiple: int = 1,
    rounding: str = NEAREST,
    step_months: int = 1,
) -> list[Instalment]:
    """Spread `principal` over `count` instalments: equal ones, rounded to `multiple`, and a last one with the rest.

    Raises `ScheduleError` where the last instalment would not be positive.
    """
    amount = instalment_of(principal, count, multiple=multiple, rounding=rounding)
    return spread(principal, amount, count, first_due_on, step_months=step_months)


def instalment_of(principal: int, count: int, *, multiple: int = 1, rounding: str = NEAREST) -> int:
    """The regular instalment: an even share of `principal`, rounded to `multiple`; nearest goes down on a tie.

    Raises `ScheduleError` where it, or the last one that takes the remainder, would not be positive.
    """
    amount = 0
    if count > 0 and multiple > 0:
        whole, rest = divmod(principal, count * multiple)
        goes_up = {DOWN: False, UP: rest > 0, NEAREST: 2 * rest > count * multiple}[rounding]
        amount = (whole + goes_up) * multiple
    if amount <= 0 or amount * (count - 1) >= principal:
        raise ScheduleError(
            _("Rs %(principal)s cannot be repaid in %(count)s instalments in steps of Rs %(multiple)s.")
            % {"principal": f"{principal:,}", "count": count, "multiple": f"{multiple:,}"}
        )
    return amount


def spread(principal: int, amount: int, count: int, first_due_on: date, *, step_months: int = 1) -> list[Instalment]:
    """The instalments of terms that are already fixed: `amount` each, the last takes what is left of `principal`."""
    amounts = [amount] * (count - 1) + [principal - amount * (count - 1)]
    return [
        Instalment(months_after(first_due_on, number * step_months), rupees) for number, rupees in enumerate(amounts)
    ]


def next_due(plan: list[Instalment], paid: int) -> date | None:
    """The due date of the first instalment that `paid` rupees do not cover, or None when they cover all.

    What the generated column `Loan.next_due_on` computes inside the database, said plainly.
    """
    reached = accumulate(instalment.amount for instalment in plan)
    return next((row.due_on for row, total in zip(plan, reached, strict=True) if total > paid), None)


def first_due_on(disbursed_on: date, *, due_day: int, min_days: int) -> date:
    """The first `due_day` of a month that is at least `min_days` after the money was given."""
    earliest = disbursed_on + timedelta(days=min_days)
    this_month = earliest.replace(day=due_day)
    return this_month if this_month >= earliest else months_after(this_month, 1)


def dpd(next_due_on: date | None, on: date, calendar: Calendar | str = LENDING) -> int:
    """Days late on the day `on`: none while the next working day after a Sunday or holiday is not over.

    The one definition of late. Pass a loaded `Calendar` where many loans are asked about.
    """
    return days_late(next_due_on, on=on, cutoff=late_cutoff(on, calendar=calendar))


def days_late(next_due_on: date | None, *, on: date, cutoff: date) -> int:
    """`dpd` for many rows of one day, whose `late_cutoff` is known."""
    if next_due_on is None or next_due_on > cutoff:
        return 0
    return (on - next_due_on).days

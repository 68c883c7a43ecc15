"""Working days.

Two calendars: LENDING (branches work on Saturdays and follow the national gazette) and OFFICE (SMEDA, Monday to
Friday). A `Calendar` is loaded with one query and then answers without any, so a list, a report or a task loads one
and passes it on. The functions below take it, or the name of a calendar, which they load at each call: nothing is kept
between calls, hence a holiday entered in admin counts at once in every process.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Self, overload

from django.db.models import DateField, Func
from django.db.models.functions import Cast

from kit.given import Text
from places.models import Holiday
from places.querysets import CLOSING_KINDS

LENDING = "lending"
OFFICE = "office"
SATURDAY, SUNDAY = 5, 6
REST_DAYS = {LENDING: frozenset({SUNDAY}), OFFICE: frozenset({SATURDAY, SUNDAY})}
DAY = timedelta(days=1)


@cache
def closed_days(name: str) -> Text:
    """The question is kept, never the answer."""
    return Text.of(Holiday.objects.closing(name).values_list("on"))


@dataclass(frozen=True)
class Calendar:
    rest_days: frozenset[int]
    closed: frozenset[date]

    @classmethod
    def load(cls, name: str) -> Self:
        """Read the calendar of that name as it is now, in one query."""
        return cls(REST_DAYS[name], frozenset(on for (on,) in closed_days(name).rows({})))

    def is_working(self, day: date) -> bool:
        return day.weekday() not in self.rest_days and day not in self.closed

    def first_at_or_after(self, day: date) -> date:
        while not self.is_working(day):
            day += DAY
        return day

    def last_before(self, day: date) -> date:
        day -= DAY
        while not self.is_working(day):
            day -= DAY
        return day


def is_working(day: date, *, calendar: Calendar | str = LENDING) -> bool:
    return _loaded(calendar).is_working(day)


@overload
def on_time_until(due_on: date, *, calendar: Calendar | str = ...) -> date: ...
@overload
def on_time_until(due_on: None, *, calendar: Calendar | str = ...) -> None: ...
def on_time_until(due_on: date | None, *, calendar: Calendar | str = LENDING) -> date | None:
    """Return the last day on which what is due then is still on time: the next working day at or after it."""
    return None if due_on is None else _loaded(calendar).first_at_or_after(due_on)


@overload
def late_cutoff(day: date, *, calendar: Calendar | str = ...) -> date: ...
@overload
def late_cutoff(day: None, *, calendar: Calendar | str = ...) -> None: ...
def late_cutoff(day: date | None, *, calendar: Calendar | str = LENDING) -> date | None:
    """Return the latest due date that is late on `day`.

    `due <= late_cutoff(day)` says the same as `on_time_until(due) < day`. That holds for the last working day before
    `day`: what was due by then had its working day, and what is due later has none before `day`. So every list compares
    a column with one date, and the answer never goes back as `day` moves on.
    """
    return None if day is None else _loaded(calendar).last_before(day)


class LateCutoff(Func):
    """The lender's `late_cutoff` inside a query: for a day that is `Given`, in a text that is kept.

    The other face of the function above; a test compares the two over years with their holidays.
    """

    # No row of closed days is as long.
    FURTHEST_BACK = 60
    output_field = DateField()
    template = f"""(
        SELECT looked_at.day FROM (
            SELECT %(expressions)s - back AS day FROM generate_series(1, {FURTHEST_BACK}) AS back
        ) AS looked_at
        WHERE EXTRACT(ISODOW FROM looked_at.day) <> {SUNDAY + 1} AND NOT EXISTS (
            SELECT 1 FROM places_holiday AS closed
            WHERE closed."on" = looked_at.day AND closed.calendar IN ('all', '{LENDING}')
              AND closed.kind IN ({", ".join(f"'{kind}'" for kind in CLOSING_KINDS)})
        )
        ORDER BY looked_at.day DESC LIMIT 1
    )"""  # noqa: S608 (of constants alone)

    def __init__(self, day: Any) -> None:
        super().__init__(Cast(day, DateField()))


def add_working_days(day: date, count: int, *, calendar: Calendar | str = LENDING) -> date:
    """Return the working day `count` working days after `day` (before it, if negative).

    None at all is `day` itself when it is a working day, else the next one.
    """
    loaded = _loaded(calendar)
    if count == 0:
        return loaded.first_at_or_after(day)
    for _ in range(abs(count)):
        day = loaded.first_at_or_after(day + DAY) if count > 0 else loaded.last_before(day)
    return day


def working_days_between(start: date, end: date, *, calendar: Calendar | str = LENDING) -> int:
    """Count the working days after `start` up to and including `end`; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start, calendar=calendar)
    loaded = _loaded(calendar)
    return sum(loaded.is_working(start + step * DAY) for step in range(1, (end - start).days + 1))


def _loaded(calendar: Calendar | str) -> Calendar:
    return Calendar.load(calendar) if isinstance(calendar, str) else calendar

"""Months and the days in them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kit.days import begin_of

MONTHS_IN_YEAR = 12
# Before the programme and every loan in it. Far earlier months lie outside of what a clock can say.
EARLIEST = 2000


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; `first` is its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.replace(day=1))

    @classmethod
    def parse(cls, text: str) -> "Month | None":
        """The month written 2026-10; None for anything else."""
        try:
            first = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007, a month has no zone
        except ValueError:
            return None
        return cls(first) if first.year >= EARLIEST else None

    def __str__(self) -> str:
        return self.first.strftime("%Y-%m")

    @property
    def last(self) -> date:
        return self.after(1).first - timedelta(days=1)

    def after(self, months: int) -> "Month":
        """The month that many months later; negative for earlier ones."""
        number = self.first.year * MONTHS_IN_YEAR + self.first.month - 1 + months
        return Month(date(number // MONTHS_IN_YEAR, number % MONTHS_IN_YEAR + 1, 1))

    @property
    def begins_at(self) -> datetime:
        return begin_of(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant of the next month: ranges are half open."""
        return self.after(1).begins_at

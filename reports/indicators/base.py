"""What an indicator is: a figure of a month, and the rows that make it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.periods import Month


@dataclass(frozen=True)
class Figure:
    """`numerator` over `denominator`, or a plain count where there is no denominator. Rupees are whole.

    `version` is that of the definition: figures are compared within one version only.
    """

    numerator: int
    denominator: int | None = None
    version: int = field(default=0, compare=False)

    @property
    def percent(self) -> float | None:
        """Percent with one decimal; None where nothing stands below the line."""
        if not self.denominator:
            return None
        return round(100 * self.numerator / self.denominator, 1)


@dataclass(frozen=True)
class Column:
    """A column of an indicator's rows: its head, and the path of its value."""

    label: Promise
    path: str
    kind: str = "text"


def nothing_more(_rows: Collection[Any]) -> None:
    """The query said all."""


@dataclass(frozen=True)
class Indicator:
    """`rows` are those that the figure counts or sums: `measure` says how, `counts` marks the numerator's share."""

    code: str
    title: Promise
    definition: Promise
    unit: str  # "count", "percent", "rupees"
    rows: Callable[[Month, User], QuerySet]
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    numerator: Callable[[QuerySet], int]
    denominator: Callable[[QuerySet], int] | None = None
    # One more with each change of the definition. 1: until leads were left out of every total, in November 2026.
    version: int = 2
    # Columns of the order that may be empty in the table, and never are in these rows.
    filled: tuple[str, ...] = ()
    # The indicator that says how many were asked and how many answered: printed beside this one, whose figure rests on
    # answers alone.
    among: str = ""
    # The page on which it stands, where that is not the dashboard.
    page: str = ""
    # Puts on some rows at once what a column reads and no query says.
    complete: Callable[[Collection[Any]], None] = nothing_more

    @property
    def tells_counted(self) -> bool:
        """Whether some of its rows are counted and the others are not."""
        return any(column.path == "is_counted" for column in self.columns)

    def listed(self, month: Month, viewer: User) -> QuerySet:
        """The rows with all that the columns read, in one query."""
        paths = {column.path.rpartition("__")[0] for column in self.columns} - {""}
        return self.rows(month, viewer).select_related(*sorted(paths))

    def figure(self, month: Month, viewer: User) -> Figure:
        return self.of(self.rows(month, viewer))

    def of(self, rows: QuerySet) -> Figure:
        """What these of its rows come to."""
        return Figure(self.numerator(rows), self.denominator(rows) if self.denominator else None, self.version)


def marked(rows: QuerySet) -> int:
    """How many rows carry the mark that the indicator asks for."""
    return rows.filter(is_counted=True).count()


def summed(path: str) -> Callable[[QuerySet], int]:
    return lambda rows: rows.aggregate(total=Coalesce(Sum(path), 0))["total"]


def counted(rows: QuerySet) -> int:
    return rows.count()


PLACE = Column(_("District"), "district__label")
REFERENCE = Column(_("Reference"), "reference")
# Of the business that a row belongs to.
ITS_PLACE = Column(_("District"), "enterprise__district__label")
COUNTED = Column(_("Counted"), "is_counted", "yes")

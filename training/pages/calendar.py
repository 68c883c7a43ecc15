"""The public calendar: what can be learnt, where and when, and how many seats are left."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.http import urlencode

from kit.paging import page
from places.models import District
from training.models import CourseRun
from training.querysets import CourseRunQuerySet

ORDER = ("starts_on", "id")
SIZE = 12


@dataclass(frozen=True)
class CalendarPage:
    runs: list[CourseRun]
    next_url: str
    previous_url: str


def gather(*, filters: dict[str, Any], asked: dict[str, str], after: str, on: date) -> CalendarPage:
    """One page of the runs that begin from `on`; `asked` are the filters as they stand in the URL."""
    found = page(chosen(CourseRun.objects.upcoming(on=on), **filters).for_list(), order=ORDER, size=SIZE, after=after)
    return CalendarPage(runs=found.rows, next_url=url_of(asked, found.next), previous_url=url_of(asked, found.previous))


def chosen(
    runs: CourseRunQuerySet,
    *,
    district: District | None = None,
    language: str = "",
    women_only: str = "",
    online: str = "",
) -> CourseRunQuerySet:
    """The runs that the filters leave; online ones are within reach of every district."""
    if district:
        runs = runs.within_reach(district.pk)
    if language:
        runs = runs.filter(language=language)
    if women_only:
        runs = runs.filter(women_only=True)
    return runs.filter(is_online=True) if online else runs


def url_of(asked: dict[str, str], cursor: str | None) -> str:
    return "?" + urlencode(asked | {"after": cursor}) if cursor else ""

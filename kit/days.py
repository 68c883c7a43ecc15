"""Where a day begins, in the portal's time zone."""

import datetime as dt
from calendar import monthrange

from django.utils import timezone


def begin_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def end_of_tomorrow(now: dt.datetime) -> dt.datetime:
    """The midnight until which whoever is reminded the day before hears of what is to come."""
    return begin_of(timezone.localdate(now) + dt.timedelta(days=2))


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months on, or that month's last day where it is shorter; before it, where that is less."""
    ahead, month = divmod(day.month - 1 + months, 12)
    year = day.year + ahead
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

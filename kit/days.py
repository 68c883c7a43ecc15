"""Where a day begins, in the portal's time zone."""

import datetime as dt

from django.utils import timezone


def begin_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def end_of_tomorrow(now: dt.datetime) -> dt.datetime:
    """The midnight until which whoever is reminded the day before hears of what is to come."""
    return begin_of(timezone.localdate(now) + dt.timedelta(days=2))

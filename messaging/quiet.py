"""Quiet hours: nobody's phone rings at night for what can wait. What cannot, says `Kind.is_prompt`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

EVENING, MORNING = time(21), time(8)


@dataclass(frozen=True)
class Hours:
    """When somebody's phone may ring: a part of the day between MORNING and EVENING."""

    begin: time
    end: time

    def include(self, now: datetime) -> bool:
        return self.begin <= _local(now).time() < self.end

    def next_begin(self, now: datetime) -> datetime:
        """When they begin next, for a moment outside of them."""
        local = _local(now)
        day = local.date() + timedelta(days=1) if local.time() >= self.begin else local.date()
        return datetime.combine(day, self.begin, tzinfo=local.tzinfo)


def is_quiet(now: datetime) -> bool:
    """Whether it is night by the portal's clock (Asia/Karachi), whatever zone `now` is told in."""
    clock = _local(now).time()
    return clock >= EVENING or clock < MORNING


def next_morning(now: datetime) -> datetime:
    """When the quiet hours that `now` falls into end."""
    local = _local(now)
    day = local.date() + timedelta(days=1) if local.time() >= MORNING else local.date()
    return datetime.combine(day, MORNING, tzinfo=local.tzinfo)


def last_waking(now: datetime) -> datetime:
    """The last moment up to `now` at which phones may have rung."""
    if not is_quiet(now):
        return now
    local = _local(now)
    day = local.date() if local.time() >= EVENING else local.date() - timedelta(days=1)
    return datetime.combine(day, EVENING, tzinfo=local.tzinfo) - timedelta(seconds=1)


def morning_of(day: date) -> datetime:
    """When phones may ring on that day."""
    return datetime.combine(day, MORNING, tzinfo=timezone.get_default_timezone())


def _local(now: datetime) -> datetime:
    return now.astimezone(timezone.get_default_timezone())

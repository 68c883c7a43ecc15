"""Days, money and numbers in the words of the active language.

Digits stay ASCII and stand in <bdi>, so that they neither turn round nor break inside an Urdu line. Where markup has no
place (a text message, a title, a file), `plain` takes it off again: pattern and words are the same. Django's own Urdu
knows only some of the months, so all the words are ours.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy

WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)
# Urdu names the part of the day where English says am or pm: (before this hour, the words).
PARTS_OF_DAY = (
    (4, pgettext_lazy("before dawn", "<bdi>{time}</bdi> am")),
    (12, pgettext_lazy("morning", "<bdi>{time}</bdi> am")),
    (16, pgettext_lazy("afternoon", "<bdi>{time}</bdi> pm")),
    (20, pgettext_lazy("evening", "<bdi>{time}</bdi> pm")),
    (24, pgettext_lazy("night", "<bdi>{time}</bdi> pm")),
)
LAKH, CRORE = 100_000, 10_000_000

# A number with its separators, or a code with its letters: only both together keep "MUL-4827" from turning round.
RUN = re.compile(r"(?<![A-Za-z0-9])((?:Rs\s|[+−-])?(?=[A-Z,./:-]*[0-9])[A-Z0-9](?:[A-Z0-9,./:-]*[A-Z0-9])?%?)")


def plain(text: str) -> str:
    """The same words without markup."""
    return strip_tags(text)


def local_day(value: dt.date) -> dt.date:
    """The day in the portal's time zone that an instant falls on; a plain date is itself."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def day(value: dt.date) -> SafeString:
    """Thu 26 Nov 2026."""
    on = local_day(value)
    return format_html(
        pgettext("a day with its weekday", "{weekday} <bdi>{day}</bdi> {month} <bdi>{year}</bdi>"),
        weekday=WEEKDAYS[on.weekday()],
        day=on.day,
        month=MONTHS[on.month - 1],
        year=on.year,
    )


def day_plain(value: dt.date) -> SafeString:
    """26 Nov 2026: for a day long past, whose weekday helps nobody."""
    on = local_day(value)
    return format_html("<bdi>{}</bdi> {} <bdi>{}</bdi>", on.day, MONTHS[on.month - 1], on.year)


def day_short(value: dt.date) -> SafeString:
    """26 Nov; with the year where it is not the present one."""
    on = local_day(value)
    if on.year != timezone.localdate().year:
        return day_plain(on)
    return format_html("<bdi>{}</bdi> {}", on.day, MONTHS[on.month - 1])


def month(value: dt.date) -> SafeString:
    """Nov 2026."""
    on = local_day(value)
    return format_html("{} <bdi>{}</bdi>", MONTHS[on.month - 1], on.year)


def since(value: dt.date) -> SafeString:
    """Mar 2019; of 1 January the year alone, for that day stands where somebody knew no more than the year."""
    return format_html("<bdi>{}</bdi>", value.year) if (value.month, value.day) == (1, 1) else month(value)


def month_name(value: dt.date) -> str:
    """Nov: for charts, whose columns stand for the months of a year."""
    return str(MONTHS[local_day(value).month - 1])


def local_time(value: dt.time | dt.datetime) -> dt.time:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).time() if timezone.is_aware(value) else value.time()
    return value


def hours(value: dt.time) -> str:
    """2:30, or 11 on the full hour."""
    hour = value.hour % 12 or 12
    return f"{hour}:{value.minute:02}" if value.minute else str(hour)


def part_of_day(value: dt.time) -> Promise:
    return next(pattern for before, pattern in PARTS_OF_DAY if value.hour < before)


def clock(value: dt.time | dt.datetime) -> SafeString:
    """2:30 pm, or 11 am on the full hour."""
    at = local_time(value)
    return format_html(str(part_of_day(at)), time=hours(at))


def clocks(begins: dt.time | dt.datetime, ends: dt.time | dt.datetime) -> str:
    """10 to 10:30 am, without markup; across two parts of the day each with its own: 11:30 am to 12:30 pm."""
    first, last = local_time(begins), local_time(ends)
    span = pgettext("from one time to another", "{begins} to {ends}")
    if part_of_day(first) is not part_of_day(last):
        return span.format(begins=plain(clock(first)), ends=plain(clock(last)))
    within = span.format(begins=hours(first), ends=hours(last))
    return plain(format_html(str(part_of_day(first)), time=within))


def moment(value: dt.datetime) -> SafeString:
    """Thu 26 Nov 2026, 2:30 pm."""
    return format_html(pgettext("a day and a time", "{day}, {time}"), day=day(value), time=clock(value))


def number(value: float | Decimal) -> SafeString:
    """12,480."""
    return format_html("<bdi>{}</bdi>", f"{value:,}")


def rupees(value: int) -> SafeString:
    """Rs 4,000."""
    return format_html(gettext("<bdi>Rs {amount}</bdi>"), amount=f"{value:,}")


def rupees_large(value: int) -> SafeString:
    """Rs 21.4 crore, Rs 3.5 lakh: three figures, as newspapers write large sums."""
    if abs(value) >= CRORE:
        return format_html(gettext("<bdi>Rs {amount}</bdi> crore"), amount=_three_figures(value, CRORE))
    if abs(value) >= LAKH:
        return format_html(gettext("<bdi>Rs {amount}</bdi> lakh"), amount=_three_figures(value, LAKH))
    return rupees(value)


def _three_figures(value: int, unit: int) -> str:
    amount = Decimal(value) / unit
    places = max(0, 2 - amount.adjusted())
    figures = f"{amount:,.{places}f}"
    return figures.rstrip("0").rstrip(".") if "." in figures else figures


def digits(text: object) -> SafeString:
    """The text with each number and code in <bdi>; what is markup already is left alone."""
    if isinstance(text, SafeData):
        return SafeString(text)
    pieces = RUN.split(str(text))
    marked = (format_html("<bdi>{}</bdi>", piece) if at % 2 else piece for at, piece in enumerate(pieces))
    return format_html_join("", "{}", ((piece,) for piece in marked))


def listed(parts: Iterable[object]) -> str:
    """Several things on one line, with the comma of the language."""
    return pgettext("between the items of a list", ", ").join(str(part) for part in parts)


def days_between(since: dt.date, until: dt.date) -> SafeString:
    """How long something has lasted: 5 days."""
    days = (local_day(until) - local_day(since)).days
    if not days:
        return format_html("{}", pgettext("how long", "since today"))
    return format_html(ngettext("<bdi>{days}</bdi> day", "<bdi>{days}</bdi> days", days), days=days)


def due_in(due: dt.date, today: dt.date) -> SafeString:
    """10 days late, Today, Tomorrow, In 3 days."""
    days = (local_day(due) - local_day(today)).days
    if not days:
        return format_html("{}", pgettext("due", "Today"))
    if days == 1:
        return format_html("{}", pgettext("due", "Tomorrow"))
    if days < 0:
        return format_html(ngettext("<bdi>{days}</bdi> day late", "<bdi>{days}</bdi> days late", -days), days=-days)
    return format_html(ngettext("In <bdi>{days}</bdi> day", "In <bdi>{days}</bdi> days", days), days=days)

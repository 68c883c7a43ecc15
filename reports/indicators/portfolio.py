"""Portfolio at risk at every step of lateness, with rescheduled loans and without: figures with a page of their own."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.models import Terms
from places.calendar import LENDING, Calendar, late_cutoff
from reports.indicators.base import COUNTED as IS_COUNTED
from reports.indicators.base import PLACE, REFERENCE, Column, Indicator, summed
from reports.indicators.lending import owed, reckoned_on, summed_where_counted
from reports.periods import Month

PAGE = "portfolio"
STEPS = (1, 30, 60, 90)
# In the lending module stands the one that the dashboard shows.
ON_DASHBOARD = "at_risk"
NEW_TERMS = (Terms.Reason.RESCHEDULED, Terms.Reason.RELIEF, Terms.Reason.RESTED)

WITH: dict[int, Promise] = {
    1: _("Portfolio at risk from the first day"),
    30: _("Portfolio at risk over 30 days"),
    60: _("Portfolio at risk over 60 days"),
    90: _("Portfolio at risk over 90 days"),
}
WITHOUT: dict[int, Promise] = {
    1: _("Portfolio at risk from the first day, without rescheduled loans"),
    30: _("Portfolio at risk over 30 days, without rescheduled loans"),
    60: _("Portfolio at risk over 60 days, without rescheduled loans"),
    90: _("Portfolio at risk over 90 days, without rescheduled loans"),
}
DEFINED = _(
    "Whole unpaid principal of loans so many days late, over all unpaid principal, at the end. A loan that was "
    "rescheduled counts by its new terms."
)
DEFINED_WITHOUT = _(
    "The same without loans that were rescheduled or given relief: they stand neither above nor below the line."
)


def late_by(days: int, month: Month, *, calendar: Calendar | str = LENDING) -> Q:
    """Late by one day, or by more than so many: what is late from its first day is late by the one definition."""
    on = reckoned_on(month)
    least = on - timedelta(days=days if days == 1 else days + 1)
    return Q(due_then__lte=min(late_cutoff(on, calendar=calendar), least))


def was_rescheduled(month: Month) -> Exists:
    terms = Terms.objects.filter(loan=OuterRef("pk"), reason__in=NEW_TERMS, from_at__lt=month.ends_at)
    return Exists(terms)


def rows_of(days: int, *, with_rescheduled: bool) -> Callable[[Month, User], QuerySet]:
    def rows(month: Month, viewer: User) -> QuerySet:
        found = owed(month, viewer).annotate(is_counted=late_by(days, month))
        return found if with_rescheduled else found.filter(~was_rescheduled(month))

    return rows


def code_of(days: int, *, with_rescheduled: bool) -> str:
    code = ON_DASHBOARD if days == 30 else f"{ON_DASHBOARD}_{days}"  # noqa: PLR2004 (the one of the dashboard)
    return code if with_rescheduled else f"{code}_new"


def indicator(days: int, *, with_rescheduled: bool) -> Indicator:
    return Indicator(
        code=code_of(days, with_rescheduled=with_rescheduled),
        title=(WITH if with_rescheduled else WITHOUT)[days],
        definition=DEFINED if with_rescheduled else DEFINED_WITHOUT,
        unit="percent",
        rows=rows_of(days, with_rescheduled=with_rescheduled),
        columns=(
            REFERENCE,
            PLACE,
            Column(_("Oldest unpaid instalment, due"), "due_then", "day"),
            Column(_("Unpaid"), "unpaid", "rupees"),
            IS_COUNTED,
        ),
        order=("disbursed_on", "id"),
        numerator=summed_where_counted("unpaid"),
        denominator=summed("unpaid"),
        page=PAGE,
    )


INDICATORS = tuple(
    indicator(days, with_rescheduled=with_rescheduled)
    for with_rescheduled in (True, False)
    for days in STEPS
    if code_of(days, with_rescheduled=with_rescheduled) != ON_DASHBOARD
)

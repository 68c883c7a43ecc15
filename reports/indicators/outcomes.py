"""What became of clients 6 and 12 months on: who answered, jobs, sales, and whether it would be so without us."""

import datetime as dt
from collections.abc import Callable

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework.models import FollowUp, Measure, Point
from casework.states import FollowUpState
from reports.indicators.base import COUNTED, Column, Indicator, counted, marked
from reports.periods import Month
from reports.querysets import in_scope

What = Measure.What
# The indicator that says who was asked and who answered: it stands beside every other one.
ANSWERS = "outcome_answers"


def asked(month: Month, viewer: User) -> QuerySet:
    """Clients whose 30 days to answer ended in the month (P3), or until yesterday while it runs. Of November 2026.

    Who answers later is counted from then on, in the month in which their days ended. Who died in those days refused
    nothing.
    """
    last = min(month.last, timezone.localdate() - dt.timedelta(days=1))
    rows = FollowUp.objects.of_the_living_record().filter(due_on__range=(month.first, last))
    asked_rows = rows.filter(Q(state=FollowUpState.ANSWERED) | ~Q(case__outcome="died"))
    counted_rows = asked_rows.annotate(is_counted=Q(state=FollowUpState.ANSWERED))
    return in_scope(counted_rows, viewer, enterprise="case__enterprise", district="case__enterprise__district")


def answered(month: Month, viewer: User) -> QuerySet:
    return asked(month, viewer).filter(state=FollowUpState.ANSWERED)


def by_themselves(month: Month, viewer: User) -> QuerySet:
    return answered(month, viewer).annotate(is_counted=Q(channel=""))


def not_without_us(month: Month, viewer: User) -> QuerySet:
    return answered(month, viewer).annotate(is_counted=Q(anyway=FollowUp.Anyway.NO))


def measured(what: str, point: object) -> Subquery:
    """What is known best of it at that point; nothing that was taken out."""
    found = Measure.objects.counted().filter(case=OuterRef("case"), what=what, point=point)
    return Subquery(found.values("value")[:1])


def jobs(month: Month, viewer: User) -> QuerySet:
    """Who works there less who did at the beginning, women and men; counted where both numbers of both are known."""
    then, now = Point.BASELINE, OuterRef("point")
    rows = answered(month, viewer).annotate(
        more_women=measured(What.WOMEN, now) - measured(What.WOMEN, then),
        more_men=measured(What.MEN, now) - measured(What.MEN, then),
    )
    is_known = Q(more_women__isnull=False, more_men__isnull=False)
    return rows.annotate(more=F("more_women") + F("more_men"), is_counted=is_known)


def sales(month: Month, viewer: User) -> QuerySet:
    """Those of whom both months' sales are known; counted where they sell more now."""
    rows = answered(month, viewer).annotate(
        sold_then=measured(What.SALES, Point.BASELINE), sells_now=measured(What.SALES, OuterRef("point"))
    )
    known = rows.filter(sold_then__isnull=False, sells_now__isnull=False)
    return known.annotate(is_counted=Q(sells_now__gt=F("sold_then")))


def summed_of_known(path: str) -> Callable[[QuerySet], int]:
    return lambda rows: rows.aggregate(total=Coalesce(Sum(path, filter=Q(is_counted=True)), 0))["total"]


CLIENT = (
    Column(_("Reference"), "case__enterprise__reference"),
    Column(_("District"), "case__enterprise__district__label"),
    Column(_("Asked"), "get_point_display"),
)
HOW = Column(_("Said by themselves"), "by_themselves", "yes")
ORDER = ("due_on", "id")

INDICATORS = (
    Indicator(
        code=ANSWERS,
        title=_("Clients who said how the business goes"),
        definition=_(
            "Clients are asked 6 and 12 months after they began. Of those whose 30 days ended in the month, the ones "
            "who answered, themselves or through their advisor."
        ),
        unit="percent",
        rows=asked,
        columns=(*CLIENT, Column(_("Days ended"), "due_on", "day"), Column(_("State"), "get_state_display"), COUNTED),
        order=ORDER,
        numerator=marked,
        denominator=counted,
    ),
    Indicator(
        code="outcome_confirmed",
        title=_("Answers confirmed by the client"),
        definition=_("Of those who answered, the ones who did so on their own page. What an advisor was told is said."),
        unit="percent",
        rows=by_themselves,
        columns=(*CLIENT, COUNTED),
        order=ORDER,
        numerator=marked,
        denominator=counted,
        among=ANSWERS,
    ),
    Indicator(
        code="jobs",
        title=_("More people at work"),
        definition=_(
            "Of those who answered: how many people work in the business, less how many did at the beginning; less is "
            "taken off. Where the beginning is not known nothing is counted."
        ),
        unit="count",
        rows=jobs,
        columns=(
            *CLIENT,
            Column(_("Women"), "more_women"),
            Column(_("Men"), "more_men"),
            Column(_("Together"), "more"),
            HOW,
            COUNTED,
        ),
        order=ORDER,
        numerator=summed_of_known("more"),
        denominator=marked,
        version=3,
        among=ANSWERS,
    ),
    Indicator(
        code="jobs_women",
        title=_("More women at work"),
        definition=_("The women among them, counted in the same way."),
        unit="count",
        rows=jobs,
        columns=(*CLIENT, Column(_("Women"), "more_women"), HOW, COUNTED),
        order=ORDER,
        numerator=summed_of_known("more_women"),
        denominator=marked,
        version=3,
        among=ANSWERS,
    ),
    Indicator(
        code="sales_up",
        title=_("Businesses that sell more"),
        definition=_("Of those who answered and whose sales at the beginning are known, the ones who sell more now."),
        unit="percent",
        rows=sales,
        columns=(*CLIENT, HOW, COUNTED),
        order=ORDER,
        numerator=marked,
        denominator=counted,
        among=ANSWERS,
    ),
    Indicator(
        code="not_without_us",
        title=_("Would not be there without the programme"),
        definition=_(
            "Of those who answered, the ones who say that the business would not be where it is without SMEDA and "
            "Akhuwat. Their own judgement."
        ),
        unit="percent",
        rows=not_without_us,
        columns=(*CLIENT, Column(_("Without us?"), "get_anyway_display"), HOW, COUNTED),
        order=ORDER,
        numerator=marked,
        denominator=counted,
        among=ANSWERS,
    ),
)

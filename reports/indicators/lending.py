"""Money: asked for, lent, and paid back."""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.conditions import standings
from loans.models import Application, Loan
from loans.waits import waits_of
from places.calendar import LENDING, late_cutoff
from reports.indicators.base import COUNTED, ITS_PLACE, PLACE, REFERENCE, Column, Indicator, counted, marked, summed
from reports.periods import Month
from reports.querysets import fallen_due, in_scope, next_due_when, paid_until, waived_until, with_terms_then, within

LATE_DAYS = 30
QUICK_DAYS = timedelta(days=21)


def received(month: Month, viewer: User) -> QuerySet:
    """Loan applications received in the month, whatever became of them: the denominator is kept."""
    rows = Application.objects.filter(within("received_at", month)).annotate(
        is_counted=Q(state__in=["approved", "disbursed"])
    )
    scope = in_scope(rows, viewer, enterprise="enterprise", district="enterprise__district")
    return scope.select_related("product")


def say_standing(applications: Collection[Any]) -> None:
    """Where each stands, in the words of the lender's own pages."""
    said = standings(applications)
    for application in applications:
        application.standing = said[application.pk]


def disbursed(month: Month, viewer: User) -> QuerySet:
    """Loans paid out in the month, by the day on the ledger; not those whose money was handed back the same way."""
    rows = (
        Loan.objects.given().filter(disbursed_on__range=(month.first, month.last)).annotate(is_counted=Q(sex="woman"))
    )
    return in_scope(rows, viewer, enterprise="enterprise", district="district")


def quick(month: Month, viewer: User) -> QuerySet:
    """Loans paid out in the month; counted when that was at most 21 days after the day of the application's receipt."""
    return disbursed(month, viewer).annotate(
        received_on=TruncDate("application__received_at"),
        is_counted=Q(disbursed_on__lte=F("received_on") + QUICK_DAYS),
    )


def ended(month: Month, viewer: User) -> QuerySet:
    """Applications that were paid out or refused in the month."""
    paid, refused = Q(state="disbursed") & within("disbursed_at", month), Q(state="refused")
    rows = Application.objects.filter(paid | (refused & within("decided_at", month)))
    return in_scope(rows, viewer, enterprise="enterprise", district="enterprise__district")


def say_waits(applications: Collection[Any]) -> None:
    """For whom each waited, in days."""
    said = waits_of(applications, on=timezone.localdate())
    for application in applications:
        for side, days in said[application.pk]._asdict().items():
            setattr(application, f"days_{side}", days)


def days_with_lender(rows: QuerySet) -> int:
    return sum(waits.lender for waits in waits_of(rows, on=timezone.localdate()).values())


def days_in_all(rows: QuerySet) -> int:
    return sum(waits.days for waits in waits_of(rows, on=timezone.localdate()).values())


def reckoned_on(month: Month) -> date:
    """The day as of which a month's stocks are counted: its last, or today while it runs."""
    return min(month.last, timezone.localdate())


def owed(month: Month, viewer: User) -> QuerySet:
    """Loans owed at the end of the month, or today: `unpaid` rupees; counted when more than 30 days late.

    Recomputed from the ledger by `posted_on` and the terms then, so that a closed month opens to the rows that made it.
    """
    on = reckoned_on(month)
    cutoff = min(late_cutoff(on, calendar=LENDING), on - timedelta(days=LATE_DAYS + 1))
    rows = (
        with_terms_then(Loan.objects.filter(disbursed_on__lte=on), month.ends_at)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
        .annotate(paid_then=paid_until(on), waived_then=waived_until(on))
        .annotate(unpaid=F("principal") - F("paid_then") - F("waived_then"))
        .filter(unpaid__gt=0)
        .annotate(due_then=next_due_when(F("paid_then")), is_counted=Q(due_then__lte=cutoff))
    )
    return in_scope(rows, viewer, enterprise="enterprise", district="district", branch="branch")


def due(month: Month, viewer: User) -> QuerySet:
    """Loans of which something had fallen due by the end of the month: `fallen` rupees, and `met` of them paid.

    Money paid ahead does not count; written-off loans stay in, or the rate would flatter. So does a loan that was put
    off, with what was paid of it before.
    """
    on = reckoned_on(month)
    rows = (
        with_terms_then(Loan.objects.filter(disbursed_on__lte=on), month.ends_at)
        .exclude(ended_as=Loan.End.CANCELLED)
        .annotate(paid_then=paid_until(on), waived_then=waived_until(on))
        .annotate(fallen=fallen_due(on, waived=F("waived_then")), met=Least(F("paid_then"), F("fallen")))
        .filter(fallen__gt=0)
    )
    return in_scope(rows, viewer, enterprise="enterprise", district="district", branch="branch")


def summed_where_counted(path: str) -> Callable[[QuerySet], int]:
    return lambda rows: rows.aggregate(total=Coalesce(Sum(path, filter=Q(is_counted=True)), 0))["total"]


PAID_OUT = Column(_("Paid out"), "disbursed_on", "day")

INDICATORS = (
    Indicator(
        code="approved",
        title=_("Loan applications approved"),
        definition=_("Of the applications received in the month, those approved so far. All received are kept below."),
        unit="percent",
        rows=received,
        columns=(
            REFERENCE,
            ITS_PLACE,
            Column(_("Received"), "received_at", "day"),
            Column(_("State"), "standing"),
            COUNTED,
        ),
        order=("received_at", "id"),
        complete=say_standing,
        numerator=marked,
        denominator=counted,
    ),
    Indicator(
        code="quick",
        title=_("Loans paid out within 21 days"),
        definition=_("Of the loans paid out in the month, those paid within 21 days of the application's receipt."),
        unit="percent",
        rows=quick,
        columns=(
            REFERENCE,
            PLACE,
            Column(_("Received"), "received_on", "day"),
            PAID_OUT,
            COUNTED,
        ),
        order=("disbursed_on", "id"),
        numerator=marked,
        denominator=counted,
    ),
    Indicator(
        code="with_lender",
        title=_("Days that applications waited for the lender"),
        definition=_(
            "Of all days that the applications took which were paid out or refused in the month, those on which they "
            "waited for the lender, and neither for a paper or an answer of the applicant nor for SMEDA."
        ),
        unit="percent",
        rows=ended,
        columns=(
            REFERENCE,
            ITS_PLACE,
            Column(_("Received"), "received_at", "day"),
            Column(_("Days with the applicant"), "days_applicant"),
            Column(_("Days with SMEDA"), "days_smeda"),
            Column(_("Days with the lender"), "days_lender"),
        ),
        order=("received_at", "id"),
        complete=say_waits,
        numerator=days_with_lender,
        denominator=days_in_all,
    ),
    Indicator(
        code="lent",
        title=_("Lent without interest"),
        definition=_("Rupees paid out in the month, by the day on the ledger."),
        unit="rupees",
        rows=disbursed,
        columns=(
            REFERENCE,
            PLACE,
            PAID_OUT,
            Column(_("Amount"), "principal", "rupees"),
        ),
        order=("disbursed_on", "id"),
        numerator=summed("principal"),
    ),
    Indicator(
        code="women",
        title=_("Loans to women"),
        definition=_("Of the loans paid out in the month, those to women: a share of loans, not of rupees."),
        unit="percent",
        rows=disbursed,
        columns=(
            REFERENCE,
            PLACE,
            PAID_OUT,
            Column(_("Sex"), "get_sex_display"),
            COUNTED,
        ),
        order=("disbursed_on", "id"),
        numerator=marked,
        denominator=counted,
    ),
    Indicator(
        code="at_risk",
        title=_("Portfolio at risk over 30 days"),
        definition=_("Whole unpaid principal of loans more than 30 days late, over all unpaid principal, at the end."),
        unit="percent",
        rows=owed,
        columns=(
            REFERENCE,
            PLACE,
            Column(_("Oldest unpaid instalment, due"), "due_then", "day"),
            Column(_("Unpaid"), "unpaid", "rupees"),
            COUNTED,
        ),
        order=("disbursed_on", "id"),
        numerator=summed_where_counted("unpaid"),
        denominator=summed("unpaid"),
    ),
    Indicator(
        code="recovered",
        title=_("Recovery rate"),
        definition=_("Of all rupees that ever fell due until the end of the month, those paid. Not 100 less the risk."),
        unit="percent",
        rows=due,
        columns=(
            REFERENCE,
            PLACE,
            Column(_("Fallen due"), "fallen", "rupees"),
            Column(_("Paid of it"), "met", "rupees"),
        ),
        order=("disbursed_on", "id"),
        numerator=summed("met"),
        denominator=summed("fallen"),
    ),
)

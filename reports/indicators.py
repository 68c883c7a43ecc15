"""The programme's indicators. Each opens to the rows that make it; two honest people count the same.

Every indicator is one function of a month and a viewer. It returns a `Figure` with numerator and denominator, and its
rows: no names, for the committee reads them too. Definitions are those agreed for this release (November 2026);
changing one is a decision with a date, not an edit.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, Greatest, Least, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework.models import Case
from enterprises.models import Consent, Enterprise, Ownership
from journal.models import Event
from loans.conditions import standings
from loans.models import Application, Loan
from places.calendar import LENDING, late_cutoff
from reports.periods import Month
from reports.querysets import fallen_due, in_scope, next_due_when, of_clients, paid_until, within
from training.models import Certificate

LATE_DAYS = 30
QUICK_DAYS = timedelta(days=21)


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
        rows = self.rows(month, viewer)
        return Figure(self.numerator(rows), self.denominator(rows) if self.denominator else None, self.version)


def marked(rows: QuerySet) -> int:
    """How many rows carry the mark that the indicator asks for."""
    return rows.filter(is_counted=True).count()


def summed(path: str) -> Callable[[QuerySet], int]:
    return lambda rows: rows.aggregate(total=Coalesce(Sum(path), 0))["total"]


def registered(month: Month, viewer: User) -> QuerySet:
    """Clients won in the month, ideas included; leads are in no total, and a merged record counts once."""
    rows = Enterprise.objects.unmerged().filter(within("client_since", month))
    return in_scope(rows, viewer, enterprise="pk", district="district")


def people(month: Month, viewer: User) -> QuerySet:
    """People of whom the first business became a client in the month: one row each, however many they own (R10).

    Whoever was written down later as a further owner counts from that day, and who was taken off before it does not.
    Of joined records the kept one counts. What neither began nor became a client in the month is not looked at.
    """
    owned = of_clients(
        Ownership.objects.filter(person__merged_into__isnull=True, enterprise__merged_into__isnull=True),
        enterprise="enterprise",
    ).annotate(since_on=Greatest(TruncDate("enterprise__client_since"), F("from_on")))
    owned = owned.filter(Q(until_on__isnull=True) | Q(until_on__gt=F("since_on")))
    became = Ownership.objects.filter(within("enterprise__client_since", month)).values("pk")
    began = Ownership.objects.filter(from_on__range=(month.first, month.last)).values("pk")
    sooner = Q(since_on__lt=OuterRef("since_on")) | Q(since_on=OuterRef("since_on"), id__lt=OuterRef("id"))
    before = owned.filter(sooner, person=OuterRef("person"))
    rows = owned.filter(~Exists(before), pk__in=became.union(began), since_on__range=(month.first, month.last))
    return in_scope(rows, viewer, enterprise="enterprise", district="enterprise__district")


def called(month: Month, viewer: User) -> QuerySet:
    """Clients' cases whose first call fell due in the month; counted when it was made on or before the due day.

    Whoever took the permission to be called back by the end of that day is among them only if the call was made.
    """
    let_call = Consent.objects.filter(
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__date__gt=OuterRef("first_contact_due_on")),
        person=OuterRef("person"),
        kind=Consent.Kind.CONTACT,
    )
    in_time = Q(first_contact_at__isnull=False, first_contact_at__date__lte=F("first_contact_due_on"))
    rows = Case.objects.filter(
        enterprise__merged_into__isnull=True,
        first_contact_due_on__range=(month.first, month.last),
    ).annotate(called_on=TruncDate("first_contact_at"), is_counted=in_time)
    rows = rows.filter(Q(is_counted=True) | Exists(let_call))
    return in_scope(rows, viewer, enterprise="enterprise", district="enterprise__district")


def planned(month: Month, viewer: User) -> QuerySet:
    """Clients with whom steps were agreed in the month, by the journal: the first such event of each, merged or not."""
    seen = in_scope(Enterprise.objects.all(), viewer, enterprise="pk", district="district").values("pk")
    agreed = Event.objects.filter(within("at", month), name="casework.plan_agreed").annotate(
        living=Coalesce(enterprise_column("merged_into"), "enterprise_id", output_field=BigIntegerField())
    )
    before = agreed.filter(living=OuterRef("living"), id__lt=OuterRef("id"))
    language = get_language()
    district = "district__name" if language == "en" else f"district__name_{language}"
    return (
        agreed.filter(~Exists(before), enterprise_id__in=seen)
        .annotate(district=enterprise_column(district), reference=enterprise_column("reference"))
        .order_by()
    )


def enterprise_column(path: str) -> Subquery:
    return Subquery(Enterprise.objects.filter(pk=OuterRef("enterprise_id")).values(path)[:1])


def certified(month: Month, viewer: User) -> QuerySet:
    """Clients who got a certificate in the month that was not revoked: of each person the first one (R10)."""
    issued = of_clients(
        Certificate.objects.filter(within("issued_at", month), revoked_at__isnull=True),
        enterprise="enrolment__enterprise",
    )
    sooner = Q(issued_at__lt=OuterRef("issued_at")) | Q(issued_at=OuterRef("issued_at"), id__lt=OuterRef("id"))
    before = issued.filter(sooner, enrolment__person=OuterRef("enrolment__person"))
    rows = issued.filter(~Exists(before))
    return in_scope(rows, viewer, enterprise="enrolment__enterprise", district="enrolment__enterprise__district")


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
    """Loans paid out in the month, by the day on the ledger."""
    rows = Loan.objects.filter(disbursed_on__range=(month.first, month.last)).annotate(is_counted=Q(sex="woman"))
    return in_scope(rows, viewer, enterprise="enterprise", district="district")


def quick(month: Month, viewer: User) -> QuerySet:
    """Loans paid out in the month; counted when that was at most 21 days after the day of the application's receipt."""
    return disbursed(month, viewer).annotate(
        received_on=TruncDate("application__received_at"),
        is_counted=Q(disbursed_on__lte=F("received_on") + QUICK_DAYS),
    )


def reckoned_on(month: Month) -> date:
    """The day as of which a month's stocks are counted: its last, or today while it runs."""
    return min(month.last, timezone.localdate())


def owed(month: Month, viewer: User) -> QuerySet:
    """Loans owed at the end of the month, or today: `unpaid` rupees; counted when more than 30 days late.

    Recomputed from the ledger by `posted_on`, so that a closed month opens to the rows that made it.
    """
    on = reckoned_on(month)
    cutoff = min(late_cutoff(on, calendar=LENDING), on - timedelta(days=LATE_DAYS + 1))
    rows = (
        Loan.objects.filter(disbursed_on__lte=on)
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
        .annotate(paid_then=paid_until(on), unpaid=F("principal") - F("paid_then") - F("waived_total"))
        .filter(unpaid__gt=0)
        .annotate(due_then=next_due_when(F("paid_then")), is_counted=Q(due_then__lte=cutoff))
    )
    return in_scope(rows, viewer, enterprise="enterprise", district="district")


def due(month: Month, viewer: User) -> QuerySet:
    """Loans of which something had fallen due by the end of the month: `fallen` rupees, and `met` of them paid.

    Money paid ahead does not count; written-off loans stay in, or the rate would flatter.
    """
    on = reckoned_on(month)
    rows = (
        Loan.objects.filter(first_due_on__lte=on)
        .exclude(ended_as=Loan.End.CANCELLED)
        .annotate(fallen=fallen_due(on), paid_then=paid_until(on), met=Least(F("paid_then"), F("fallen")))
    )
    return in_scope(rows, viewer, enterprise="enterprise", district="district")


def summed_where_counted(path: str) -> Callable[[QuerySet], int]:
    return lambda rows: rows.aggregate(total=Coalesce(Sum(path, filter=Q(is_counted=True)), 0))["total"]


def counted(rows: QuerySet) -> int:
    return rows.count()


PLACE = Column(_("District"), "district__label")
REFERENCE = Column(_("Reference"), "reference")

INDICATORS: dict[str, Indicator] = {
    indicator.code: indicator
    for indicator in (
        Indicator(
            code="registered",
            title=_("Businesses registered"),
            definition=_(
                "Businesses that became clients in the month, ideas included. Leads, who have not agreed to be "
                "contacted yet, are not counted. A merged record counts once."
            ),
            unit="count",
            rows=registered,
            columns=(REFERENCE, PLACE, Column(_("Client since"), "client_since", "day")),
            order=("client_since", "id"),
            filled=("client_since",),
            numerator=counted,
        ),
        Indicator(
            code="people",
            title=_("People registered"),
            definition=_(
                "People of whom a first business became a client in the month. Whoever owns several counts once, and "
                "each owner of one business counts."
            ),
            unit="count",
            rows=people,
            columns=(
                Column(_("Reference"), "enterprise__reference"),
                Column(_("District"), "enterprise__district__label"),
                Column(_("Client since"), "since_on", "day"),
            ),
            order=("since_on", "id"),
            filled=("since_on",),
            numerator=counted,
        ),
        Indicator(
            code="called",
            title=_("First calls made in time"),
            definition=_(
                "Of the first calls due in the month, those made within two working days of registering. Whoever may"
                " not be called does not count."
            ),
            unit="percent",
            rows=called,
            columns=(
                Column(_("Reference"), "enterprise__reference"),
                Column(_("District"), "enterprise__district__label"),
                Column(_("Due"), "first_contact_due_on", "day"),
                Column(_("Called"), "first_contact_at", "day"),
                Column(_("Counted"), "is_counted", "yes"),
            ),
            order=("first_contact_due_on", "id"),
            numerator=marked,
            denominator=counted,
        ),
        Indicator(
            code="planned",
            title=_("Plans agreed"),
            definition=_("Businesses with which steps were agreed in the month, by the journal. Each counts once."),
            unit="count",
            rows=planned,
            columns=(REFERENCE, Column(_("District"), "district"), Column(_("Agreed"), "at", "day")),
            order=("at", "id"),
            numerator=counted,
        ),
        Indicator(
            code="certified",
            title=_("People who finished a course"),
            definition=_(
                "People who were given a certificate in the month that was not taken back. Whoever got two counts once."
            ),
            unit="count",
            rows=certified,
            columns=(
                Column(_("Reference"), "enrolment__enterprise__reference"),
                Column(_("District"), "enrolment__enterprise__district__label"),
                Column(_("Issued"), "issued_at", "day"),
            ),
            order=("issued_at", "id"),
            numerator=counted,
        ),
        Indicator(
            code="approved",
            title=_("Loan applications approved"),
            definition=_(
                "Of the applications received in the month, those approved so far. All received are kept below."
            ),
            unit="percent",
            rows=received,
            columns=(
                REFERENCE,
                Column(_("District"), "enterprise__district__label"),
                Column(_("Received"), "received_at", "day"),
                Column(_("State"), "standing"),
                Column(_("Counted"), "is_counted", "yes"),
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
                Column(_("Paid out"), "disbursed_on", "day"),
                Column(_("Counted"), "is_counted", "yes"),
            ),
            order=("disbursed_on", "id"),
            numerator=marked,
            denominator=counted,
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
                Column(_("Paid out"), "disbursed_on", "day"),
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
                Column(_("Paid out"), "disbursed_on", "day"),
                Column(_("Sex"), "get_sex_display"),
                Column(_("Counted"), "is_counted", "yes"),
            ),
            order=("disbursed_on", "id"),
            numerator=marked,
            denominator=counted,
        ),
        Indicator(
            code="at_risk",
            title=_("Portfolio at risk over 30 days"),
            definition=_(
                "Whole unpaid principal of loans more than 30 days late, over all unpaid principal, at the end."
            ),
            unit="percent",
            rows=owed,
            columns=(
                REFERENCE,
                PLACE,
                Column(_("Oldest unpaid instalment, due"), "due_then", "day"),
                Column(_("Unpaid"), "unpaid", "rupees"),
                Column(_("Counted"), "is_counted", "yes"),
            ),
            order=("disbursed_on", "id"),
            numerator=summed_where_counted("unpaid"),
            denominator=summed("unpaid"),
        ),
        Indicator(
            code="recovered",
            title=_("Recovery rate"),
            definition=_(
                "Of all rupees that ever fell due until the end of the month, those paid. Not 100 less the risk."
            ),
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
}

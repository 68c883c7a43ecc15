"""People and businesses on their way: registered, called, planned with, taught."""

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework.models import Case
from enterprises.models import Consent, Enterprise, Ownership
from journal.models import Event
from reports.indicators.base import COUNTED, ITS_PLACE, PLACE, REFERENCE, Column, Indicator, counted, marked
from reports.periods import Month
from reports.querysets import in_scope, of_clients, within
from training.models import Certificate


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


INDICATORS = (
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
            ITS_PLACE,
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
            "Of the first calls due in the month, those made within two working days of registering or of the"
            " permission to call. Whoever may not be called does not count."
        ),
        unit="percent",
        rows=called,
        columns=(
            Column(_("Reference"), "enterprise__reference"),
            ITS_PLACE,
            Column(_("Due"), "first_contact_due_on", "day"),
            Column(_("Called"), "first_contact_at", "day"),
            COUNTED,
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
)

"""What people ask at the helpdesk, and what they complain of. Neither hangs on a client: nobody is named."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework.models import Enquiry, Grievance, GrievanceEntry
from reports.indicators.base import COUNTED, Column, Indicator, counted, marked
from reports.periods import Month
from reports.querysets import within
from reports.rules import reads_nationally

COMPLAINTS = "complaints_in_time"


def enquiries(month: Month, viewer: User) -> QuerySet:
    """Questions answered in the month, whoever asked: they are no cases, and leads are not left out."""
    rows = Enquiry.objects.standing().filter(within("at", month)).select_related("sector")
    return rows if reads_all(viewer) else rows.filter(district__in=viewer.district_ids)


def complaints(month: Month, viewer: User) -> QuerySet:
    """Complaints received in the month, with when the first answer went out.

    Counted are those answered by the day that was promised first, whatever day they got later. A manager
    counts those of their offices, without what is about money or conduct; nobody counts what they are complained of.
    """
    rows = Grievance.objects.counted_by(viewer).filter(within("received_at", month))
    if not reads_all(viewer):
        rows = rows.filter(category__is_serious=False, office__in=viewer.office_ids)
    answers = GrievanceEntry.objects.filter(grievance=OuterRef("pk"), kind__in=GrievanceEntry.ANSWERS)
    rows = rows.annotate(first_answer_at=Subquery(answers.order_by("at", "pk").values("at")[:1]))
    in_time = Q(first_answer_at__isnull=False, first_answer_on__lte=F("promised_on"))
    return rows.annotate(first_answer_on=TruncDate("first_answer_at")).annotate(is_counted=in_time)


def due_complaints(month: Month, viewer: User) -> QuerySet:
    """Those of them that are decided: answered, or not answered though the promised day is over."""
    decided = Q(first_answer_at__isnull=False) | Q(promised_on__lt=timezone.localdate())
    return complaints(month, viewer).filter(decided)


def hides(month: Month, viewer: User) -> bool:
    """Whether a complaint of the month is not told to the viewer, whom it is about."""
    received = Grievance.objects.filter(within("received_at", month))
    return received.exclude(pk__in=received.counted_by(viewer)).exists()


def reads_all(viewer: User) -> bool:
    return viewer.is_system or reads_nationally.test(viewer)


def say_work(enquiries: Collection[Any]) -> None:
    """Who says no kind of work stands there as such."""
    for enquiry in enquiries:
        enquiry.work = enquiry.sector.label if enquiry.sector else _now("Not said")


def say_sex(grievances: Collection[Any]) -> None:
    """The same of who complains and does not say whether they are a woman or a man."""
    for grievance in grievances:
        grievance.who = grievance.get_sex_display() or _now("Not said")


INDICATORS = (
    Indicator(
        code="enquiries",
        title=_("Enquiries answered"),
        definition=_("Questions answered at a helpdesk in the month. They are no cases."),
        unit="count",
        rows=enquiries,
        columns=(
            Column(_("Day"), "at", "day"),
            Column(_("District"), "district__label"),
            Column(_("How they came"), "get_channel_display"),
            Column(_("About"), "topic__label"),
            Column(_("Kind of work"), "work"),
        ),
        order=("at", "id"),
        numerator=counted,
        complete=say_work,
    ),
    Indicator(
        code=COMPLAINTS,
        title=_("Complaints answered in time"),
        definition=_(
            "Of the complaints received in the month, and answered or past the promised day by now, those answered by "
            "that day. An answer is not a remedy: how many were put right and closed stands on a page of its own."
        ),
        unit="percent",
        rows=due_complaints,
        version=3,
        columns=(
            Column(_("Received"), "received_at", "day"),
            Column(_("Kind"), "category__label"),
            Column(_("Who complained"), "who"),
            Column(_("First answer"), "first_answer_on", "day"),
            Column(_("State"), "get_state_display"),
            COUNTED,
        ),
        order=("received_at", "id"),
        numerator=marked,
        denominator=counted,
        complete=say_sex,
    ),
)

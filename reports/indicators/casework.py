"""What advisors do for clients: sessions that count, the hours that they took, and what clients say of them."""

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from casework.models import CallBack, Contact, Meeting
from casework.states import CallBackState, MeetingState
from reports.indicators.base import COUNTED, Column, Indicator, counted, marked
from reports.periods import Month
from reports.querysets import in_scope, within


def sessions(month: Month, viewer: User) -> QuerySet:
    """Contacts of the month that count by the two questions (C3): of substance, and about this client alone.

    Of November 2026. By the day of the contact, not that of its writing down; a merged business's count once, where
    they went.
    """
    took = F("minutes") + F("prep_minutes") + F("travel_minutes")
    rows = Contact.objects.reportable().filter(on__range=(month.first, month.last)).annotate(took=took)
    return in_scope(rows, viewer, enterprise="case__enterprise", district="case__enterprise__district")


def kept_times(month: Month, viewer: User) -> QuerySet:
    """Appointments of the month that took place, or to which the client did not come (M5); counted are the latter.

    Of November 2026. What was called off by either side before its time frees the time, and is not among them.
    """
    rows = Meeting.objects.filter(within("starts_at", month), state__in=[MeetingState.HELD, MeetingState.MISSED])
    counted = rows.annotate(is_counted=Q(state=MeetingState.MISSED))
    return in_scope(counted, viewer, enterprise="case__enterprise", district="case__enterprise__district")


def denied(month: Month, viewer: User) -> QuerySet:
    """Sessions of the month of which the client, called back, says that they did not take place (C3).

    Of November 2026. They stand among the sessions until somebody takes them out: this figure stands beside.
    """
    said_no = told_to(viewer).filter(took_place=CallBack.Answer.NO)
    return sessions(month, viewer).filter(call_back__in=said_no)


def call_backs(month: Month, viewer: User) -> QuerySet:
    """Clients whom a manager called in the month about a contact drawn by lot, and reached or gave up (C3).

    Of November 2026. By the day of the last call. Counted is in each figure what its definition says.
    """
    rows = told_to(viewer).filter(within("called_at", month))
    return in_scope(rows, viewer, enterprise="case__enterprise", district="case__enterprise__district")


# The indicators whose rows are call-backs, or sessions that one denied.
OF_CALL_BACKS = ("denied", "call_backs", "call_backs_vain")


def hides(month: Month, viewer: User) -> bool:
    """Whether a client was asked about a contact of the viewer's, and the month counts what came of it."""
    own = CallBack.objects.filter(author=viewer.pk)
    said_no = Q(took_place=CallBack.Answer.NO, contact__on__range=(month.first, month.last))
    return own.filter(said_no | within("called_at", month)).exists()


def told_to(viewer: User) -> QuerySet:
    """Nobody reads in a figure, or in its rows, that their own contact was asked about."""
    return CallBack.objects.not_written_by(viewer.pk)


def confirmed(month: Month, viewer: User) -> QuerySet:
    rows = call_backs(month, viewer).exclude(state=CallBackState.VAIN)
    return rows.annotate(is_counted=Q(took_place=CallBack.Answer.YES))


def not_reached(month: Month, viewer: User) -> QuerySet:
    return call_backs(month, viewer).annotate(is_counted=Q(state=CallBackState.VAIN))


def hours(rows: QuerySet) -> int:
    """Whole hours, rounded once at the end."""
    minutes: int = rows.aggregate(total=Coalesce(Sum("took"), 0))["total"]
    return round(minutes / 60)


CLIENT = (
    Column(_("Reference"), "case__enterprise__reference"),
    Column(_("District"), "case__enterprise__district__label"),
)
COLUMNS = (
    *CLIENT,
    Column(_("Day"), "on", "day"),
    Column(_("How"), "get_channel_display"),
    Column(_("Minutes, with preparing and the way"), "took"),
)
ASKED = (
    *CLIENT,
    Column(_("Day of the contact"), "contact__on", "day"),
    Column(_("Called on"), "called_at", "day"),
    COUNTED,
)

INDICATORS = (
    Indicator(
        code="sessions",
        title=_("Sessions with clients"),
        definition=_(
            "Calls, visits and talks of the month that moved something on and were about one client alone. Others are "
            "not counted."
        ),
        unit="count",
        rows=sessions,
        columns=COLUMNS,
        order=("on", "id"),
        numerator=counted,
    ),
    Indicator(
        code="hours",
        title=_("Hours with clients"),
        definition=_("Hours that these sessions took, with preparing and the way."),
        unit="count",
        rows=sessions,
        columns=COLUMNS,
        order=("on", "id"),
        numerator=hours,
    ),
    Indicator(
        code="denied",
        title=_("Sessions that the client says did not take place"),
        definition=_(
            "Of the sessions of the month, those of which the client said on a call-back that they did not take "
            "place. They stay among the sessions until somebody takes them out."
        ),
        unit="count",
        rows=denied,
        columns=COLUMNS,
        order=("on", "id"),
        numerator=counted,
    ),
    Indicator(
        code="call_backs",
        title=_("Call-backs confirmed"),
        definition=_(
            "Of the clients whom a manager reached in the month about a contact drawn by lot, one in twenty, those who "
            "say that it took place."
        ),
        unit="percent",
        rows=confirmed,
        columns=ASKED,
        order=("called_at", "id"),
        filled=("called_at",),
        numerator=marked,
        denominator=counted,
    ),
    Indicator(
        code="call_backs_vain",
        title=_("Call-backs in which nobody was reached"),
        definition=_(
            "Of the call-backs that ended in the month, those whose client was not reached in three tries on more than "
            "one day."
        ),
        unit="percent",
        rows=not_reached,
        columns=ASKED,
        order=("called_at", "id"),
        filled=("called_at",),
        numerator=marked,
        denominator=counted,
    ),
    Indicator(
        code="no_shows",
        title=_("Appointments to which nobody came"),
        definition=_(
            "Of the appointments of the month whose time came, those to which the client did not. What was called off "
            "before is not among them."
        ),
        unit="percent",
        rows=kept_times,
        columns=(*CLIENT, Column(_("Day"), "starts_at", "day"), COUNTED),
        order=("starts_at", "id"),
        numerator=marked,
        denominator=counted,
    ),
)

"""Who calls, and who does not call in time."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from casework.messages.parts import sent_of, to_advisor, to_owner
from casework.models import Case, Closure
from casework.states import CaseState
from casework.sweeps import first_calls_to_remind
from kit import words
from messaging.kinds import Kind
from messaging.texts import fitted


def overdue_cases(now: datetime) -> Iterable[Case]:
    return first_calls_to_remind(now).exclude(advisor__phone="").iterator()


def is_overdue(case: Case) -> bool:
    return first_calls_to_remind(timezone.now()).filter(pk=case.pk).exists()


def today(_case: Case) -> str:
    """Once a day, until somebody calls."""
    return timezone.localdate().isoformat()


def overdue_text(case: Case, language: str) -> str:
    with override(language):
        return _("{reference}: the first call was due on {day}. Please call today.").format(
            reference=case.enterprise.reference, day=words.plain(words.day_short(case.first_contact_due_on))
        )


def handed_over_text(case: Case, language: str) -> str:
    """Who the advisor is now, if clients may know the name, and at which office."""
    with override(language):
        names = {"office": case.office.label}
        text = _("Another advisor at SMEDA has your case now, {office}. They call you. Help {helpline}")
        if case.advisor.is_named_to_clients:
            names["name"] = str(case.advisor)
            text = _("Your advisor at SMEDA is now {name}, {office}. They call you. Help {helpline}")
        return fitted(text, language, names=names, helpline=settings.HELPLINE)


def hand_over_of(case: Case) -> str:
    """Once each time: a case may come back to whoever had it before."""
    return f"{case.advisor_id}:{case.assigned_at.isoformat()}"


def was_not_told(case: Case) -> bool:
    """The text names who has the case when it goes out: of several hand-overs before that, one tells it all."""
    return not sent_of(HANDED_OVER, case).filter(sent_at__gte=case.assigned_at).exists()


def closed_text(case: Case, language: str) -> str:
    """That it is closed, and whom to call to take it up again. How it ended is told by the advisor, not by a text."""
    with override(language):
        phone = case.office.phone or settings.HELPLINE
        text = _("Your case at SMEDA is closed. If you need help again, call {phone}.")
        return text.format(phone=phone)


def closing(case: Case) -> str:
    """Once each time: a case may be opened again."""
    return case.closed_at.isoformat() if case.closed_at else ""


def is_closed(case: Case) -> bool:
    return case.state == CaseState.CLOSED


FIRST_CONTACT_OVERDUE = Kind(
    "casework.first_contact_overdue",
    recipient=to_advisor,
    render=overdue_text,
    still_due=is_overdue,
    due=overdue_cases,
    occasion=today,
)

HANDED_OVER = Kind(
    "casework.handed_over",
    recipient=to_owner,
    render=handed_over_text,
    discreet=handed_over_text,
    still_due=was_not_told,
    occasion=hand_over_of,
    lost=gettext_lazy("who their advisor is now"),
)

# Nobody is called about it: from then on nobody waits for anything.
CLOSED = Kind(
    "casework.closed",
    recipient=to_owner,
    render=closed_text,
    discreet=closed_text,
    still_due=is_closed,
    occasion=closing,
)


def reopened_text(_case: Case, language: str) -> str:
    """That it is open again, and who calls. Why, the advisor says."""
    with override(language):
        text = _("Your case at SMEDA is open again. Your advisor calls you. Help {helpline}")
        return text.format(helpline=settings.HELPLINE)


def was_told_closed(case: Case) -> bool:
    """Only whoever was told that it is closed is told that it is not; of a slip that was put right nobody hears."""
    last = last_ending(case)
    if case.state == CaseState.CLOSED or last is None:
        return False
    return sent_of(CLOSED, case).filter(sent_at__gte=last.closed_at).exists()


def last_ending(case: Case) -> Closure | None:
    return case.closures.order_by("-closed_at", "-id").first()


def opening(case: Case) -> str:
    """Once each time."""
    last = last_ending(case)
    return last.reopened_at.isoformat() if last and last.reopened_at else ""


REOPENED = Kind(
    "casework.reopened",
    recipient=to_owner,
    render=reopened_text,
    discreet=reopened_text,
    still_due=was_told_closed,
    occasion=opening,
    lost=gettext_lazy("that their case is open again"),
)

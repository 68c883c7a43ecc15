"""That SMEDA asks what became of the business."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from casework.models import FollowUp
from casework.states import FollowUpState
from enterprises.discretion import reach_if_allowed
from kit import words
from messaging.kinds import Kind, Recipient

LAST_WEEK = 7


def to_client(follow_up: FollowUp) -> Recipient | None:
    return reach_if_allowed(follow_up.case.person)


def asked_text(follow_up: FollowUp, language: str) -> str:
    """Whoever has no page is called."""
    with override(language):
        sentence = (
            _("SMEDA asks how your business goes: six questions on your page, until {day}. Help {helpline}")
            if follow_up.case.person.has_page
            else _("SMEDA asks how your business goes and calls you before {day}. Help {helpline}")
        )
        return sentence.format(day=words.plain(words.day_short(follow_up.due_on)), helpline=settings.HELPLINE)


def to_who_has_a_page(follow_up: FollowUp) -> Recipient | None:
    """Whoever has none is called, and can answer nothing by themselves."""
    return to_client(follow_up) if follow_up.case.person.has_page else None


def reminder_text(follow_up: FollowUp, language: str) -> str:
    if not follow_up.case.person.has_page:  # no longer: whoever has none gets no reminder
        return asked_text(follow_up, language)
    with override(language):
        sentence = _(
            "SMEDA still waits for your answers: how does your business go? Your page, until {day}. {helpline}"
        )
        return sentence.format(day=words.plain(words.day_short(follow_up.due_on)), helpline=settings.HELPLINE)


def due_to_remind(now: datetime) -> Iterable[FollowUp]:
    rows = FollowUp.objects.to_remind(on=timezone.localdate(now)).for_list()
    return rows.order_by("due_on", "id").iterator()


def which_reminder(follow_up: FollowUp) -> str:
    """The first or the last: each goes once."""
    left = (follow_up.due_on - timezone.localdate()).days
    return "first" if left > LAST_WEEK else "last"


def is_waiting(follow_up: FollowUp) -> bool:
    return follow_up.state == FollowUpState.ASKED


def told_text(follow_up: FollowUp, language: str) -> str:
    """Whoever cannot sign in any more says it on the telephone."""
    with override(language):
        sentence = (
            _("SMEDA wrote down how your business goes. Is it right? Your page, until {day}. {helpline}")
            if follow_up.case.person.has_page
            else _("SMEDA wrote down how your business goes. You want to hear it, or it is wrong? Call {helpline}")
        )
        day = words.plain(words.day_short(follow_up.answer_again_until))
        return sentence.format(day=day, helpline=settings.HELPLINE)


def is_to_confirm(follow_up: FollowUp) -> bool:
    """They have not looked at it by themselves, and something stands there."""
    until = follow_up.answer_again_until
    is_in_time = until is not None and timezone.localdate() <= until
    return is_in_time and FollowUp.objects.to_confirm().filter(pk=follow_up.pk).exists()


OUTCOME_ASKED = Kind(
    "casework.outcome_asked",
    recipient=to_client,
    render=asked_text,
    discreet=asked_text,
    still_due=is_waiting,
    call=gettext_lazy("how the business goes"),
)
# Nobody is called for it: where no text may go, the question itself asks for a call.
OUTCOME_REMINDER = Kind(
    "casework.outcome_reminder",
    recipient=to_who_has_a_page,
    render=reminder_text,
    discreet=reminder_text,
    still_due=is_waiting,
    due=due_to_remind,
    occasion=which_reminder,
)
# Nobody is called for it: whoever told it was just talked with.
OUTCOME_TOLD = Kind(
    "casework.outcome_told",
    recipient=to_who_has_a_page,
    render=told_text,
    discreet=told_text,
    still_due=is_to_confirm,
)

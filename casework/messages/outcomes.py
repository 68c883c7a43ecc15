"""That SMEDA asks what became of the business."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from casework.models import FollowUp
from casework.states import FollowUpState
from enterprises.discretion import reach_if_allowed
from kit import words
from messaging.kinds import Kind, Recipient


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


def is_waiting(follow_up: FollowUp) -> bool:
    return follow_up.state == FollowUpState.ASKED


OUTCOME_ASKED = Kind(
    "casework.outcome_asked",
    recipient=to_client,
    render=asked_text,
    discreet=asked_text,
    still_due=is_waiting,
    call=gettext_lazy("how the business goes"),
)

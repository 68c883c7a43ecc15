"""What whoever complained is told: a number and a day, never what it was about. Nobody is asked to call instead."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from casework.models import Grievance
from casework.states import GrievanceState
from enterprises.discretion import reach
from kit import words
from messaging.kinds import Kind, Recipient


def to_complainant(grievance: Grievance) -> Recipient | None:
    """On the number that they gave for it, else on their own; a colleague's call would tell of it where it may not."""
    if grievance.phone:
        return Recipient(grievance.phone, grievance.language)
    return reach(grievance.complainant) if grievance.complainant else None


def received_text(grievance: Grievance, language: str) -> str:
    with override(language):
        day = words.plain(words.day_short(grievance.due_on))
        text = _("SMEDA has your message {number}. You get an answer by {day}. Keep the number. Help {helpline}")
        return text.format(number=grievance.number, day=day, helpline=settings.HELPLINE)


def replied_text(grievance: Grievance, language: str) -> str:
    with override(language):
        text = _("Your message {number} to SMEDA has an answer. Look at it in the portal or call {helpline}.")
        return text.format(number=grievance.number, helpline=settings.HELPLINE)


def waits_for_answer(grievance: Grievance) -> bool:
    return grievance.state != GrievanceState.CLOSED


def turn(grievance: Grievance) -> str:
    """Once for each answer, whatever else happens to the complaint until the text goes."""
    return str(grievance.replied_at.timestamp()) if grievance.replied_at else ""


RECEIVED = Kind(
    "casework.grievance_received",
    recipient=to_complainant,
    render=received_text,
    discreet=received_text,
    is_prompt=True,
)
REPLIED = Kind(
    "casework.grievance_replied",
    recipient=to_complainant,
    render=replied_text,
    discreet=replied_text,
    still_due=waits_for_answer,
    occasion=turn,
)

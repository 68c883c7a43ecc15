"""What the lender still needs of the applicant."""

from textwrap import shorten

from django.conf import settings
from django.utils.translation import gettext as _

from kit import words
from loans.models import Request

LONGEST = 40


def say_asked(asked: Request) -> str:
    said = (
        _("For your loan {reference} the branch needs by {day}: {what}. See your page. No fee: pay nobody.")
        if asked.person.has_page
        else _("For your loan {reference} the branch needs by {day}: {what}. Help {helpline}. No fee.")
    )
    return said.format(
        reference=asked.application.reference,
        day=words.plain(words.day_short(asked.due_on)),
        what=shorten(str(asked.what), LONGEST, placeholder=""),
        helpline=settings.HELPLINE,
    )


def is_asked(asked: Request) -> bool:
    """Neither answered nor taken back before the message left, and the application goes on."""
    return asked.is_open

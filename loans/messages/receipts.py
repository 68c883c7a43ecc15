"""Slips, and slips that were cancelled."""

from django.conf import settings
from django.utils.translation import gettext as _

from kit import words
from loans.models import LedgerEntry
from loans.statement import as_of


def say_receipt(entry: LedgerEntry) -> str:
    return _(
        "Rs {amount} received, slip {slip}, {day}. Left to pay: Rs {left}. No fee. Not right? Call {helpline}"
    ).format(
        amount=f"{entry.amount:,}",
        slip=entry.slip,
        day=words.plain(words.day_short(entry.received_on)),
        left=f"{as_of(entry).left:,}",
        helpline=settings.HELPLINE,
    )


def say_reversed(entry: LedgerEntry) -> str:
    return _(
        "Slip {slip} of {day}, Rs {amount}, was cancelled. Left to pay: Rs {left}. Not right? Call {helpline}"
    ).format(
        slip=entry.reverses.slip,
        day=words.plain(words.day_short(entry.reverses.received_on)),
        amount=f"{entry.amount:,}",
        left=f"{as_of(entry).left:,}",
        helpline=settings.HELPLINE,
    )


def stands(entry: LedgerEntry) -> bool:
    """A receipt that was reversed before the message left is not announced any more."""
    return not hasattr(entry, "reversal")

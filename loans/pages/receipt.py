"""The slip: what stands on both copies, the same words whenever it is printed again."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info, override
from django.utils.translation import gettext as _

from accounts.models import User
from kit import words
from kit.templatetags.kit import own
from loans.models import LedgerEntry, Loan
from loans.slips import Slip
from loans.statement import as_of
from places.calendar import on_time_until


def paper_of(entry: LedgerEntry, *, user: User, language: str) -> dict[str, Any]:
    """The slip in the language that was chosen, or the borrower's own, and the languages to choose from."""
    codes = [code for code, _name in settings.LANGUAGES]
    chosen = language if language in codes else entry.loan.person.language
    with override(chosen):
        slip = slip_of(entry, user=user)
    return {
        "slip": slip,
        "language": chosen,
        "dir": "rtl" if get_language_info(chosen)["bidi"] else "ltr",
        "others": [get_language_info(code) for code in codes if code != chosen],
    }


def facts_to_confirm(
    loan: Loan, *, amount: int, received_on: date, book: int, number: int, correction: int
) -> list[dict[str, Any]]:
    """What the cashier compares with money and paper slip before it counts."""
    left = loan.owed - amount
    return [
        {"icon": "money", "label": _("Amount received"), "text": words.rupees(amount)},
        {"icon": "paper", "label": _("Slip"), "text": str(Slip(book, number, correction))},
        {"icon": "calendar", "label": _("Day the money was given"), "text": words.day_plain(received_on)},
        {"icon": "person", "label": _("Loan"), "text": loan.reference, "small": loan.branch.label},
        {"icon": "check", "label": _("Left to pay after it"), "text": words.rupees(left) if left else _("Nothing")},
    ]


def slip_of(entry: LedgerEntry, *, user: User) -> dict[str, Any]:
    """Both copies of a receipt as `components/slip.html` takes them. A reversed one says so, and what is left now."""
    loan, is_reversed = entry.loan, hasattr(entry, "reversal")
    lines = [
        {"label": _("Receipt"), "text": str(entry.slip)},
        {"label": _("Date"), "text": words.day_plain(entry.received_on)},
        {"label": _("Name"), "text": own(loan.person.name)},
        {"label": _("Loan"), "text": loan.reference},
        {"label": _("Amount received"), "text": words.rupees(entry.amount), "is_sum": True},
        *(undone(entry, user=user) if is_reversed else left_by(entry)),
    ]
    branch = entry.branch.label
    return {
        "title": loan.partner.label,
        "copies": [
            _("%(branch)s · Borrower's copy") % {"branch": branch},
            _("%(branch)s · Branch copy") % {"branch": branch},
        ],
        "lines": lines,
        "foot": _("Reversed: this slip no longer counts.") if is_reversed else _("No interest. No fee. No penalty."),
    }


def left_by(entry: LedgerEntry) -> list[dict[str, Any]]:
    """What was paid and left when the slip was written."""
    then = as_of(entry)
    until = on_time_until(then.next_due_on)
    return [
        {"label": _("Paid so far"), "text": words.rupees(then.paid)},
        {"label": _("Left to pay"), "text": words.rupees(then.left)},
        *([{"label": _("Next by"), "text": words.day_plain(until)}] if until else []),
    ]


def undone(entry: LedgerEntry, *, user: User) -> list[dict[str, Any]]:
    """When it was reversed, and what is left of the loan now. Why is a word among colleagues."""
    reversal = entry.reversal
    why = [] if user.is_entrepreneur else [{"label": _("Why"), "text": reversal.reason}]
    return [
        {"label": _("Reversed on"), "text": words.day_plain(reversal.entered_at)},
        *why,
        {"label": _("Left to pay now"), "text": words.rupees(entry.loan.owed)},
    ]

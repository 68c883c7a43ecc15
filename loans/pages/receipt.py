"""The slip: what stands on both copies, the same words whenever it is printed again."""

from typing import Any

from django.utils.translation import gettext as _

from kit import words
from loans.models import LedgerEntry
from loans.statement import as_of
from places.calendar import on_time_until


def slip_of(entry: LedgerEntry) -> dict[str, Any]:
    """Both copies of a receipt as `components/slip.html` takes them."""
    loan, then, is_reversed = entry.loan, as_of(entry), hasattr(entry, "reversal")
    until = on_time_until(then.next_due_on)
    lines = [
        {"label": _("Receipt"), "text": str(entry.slip)},
        {"label": _("Date"), "text": words.day_plain(entry.received_on)},
        {"label": _("Name"), "text": loan.person.name},
        {"label": _("Loan"), "text": loan.reference},
        {"label": _("Amount received"), "text": words.rupees(entry.amount), "is_sum": True},
        {"label": _("Paid so far"), "text": words.rupees(then.paid)},
        {"label": _("Left to pay"), "text": words.rupees(then.left)},
    ]
    if until:
        lines.append({"label": _("Next by"), "text": words.day_plain(until)})
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

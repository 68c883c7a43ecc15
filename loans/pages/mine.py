"""What the borrower's own page says first."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit import words
from loans.pages.loan import LoanPage

BRING = [gettext_lazy("The instalment"), gettext_lazy("your last slip")]


def next_instalment(page: LoanPage, *, on: date) -> dict[str, Any] | None:
    """The next instalment as the sewn card shows it, while there is one."""
    loan = page.loan
    if loan.next_due_on is None:
        return None
    due = loan.due_by(max(on, loan.next_due_on))
    return {
        "title": _("Pay %(amount)s at the branch") % {"amount": words.plain(words.rupees(due))},
        "holder": _("You"),
        "office": loan.branch.label,
        "phone": loan.branch.phone,
        "since": None,
        "until": page.next_until,
        "after": _("Cannot pay by then? Call the branch before that day. There is no fine."),
        "is_late": page.days_late > 0,
        "bring": BRING,
    }

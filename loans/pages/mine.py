"""What the borrower's own page says first."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit import words
from loans.models import Loan
from loans.pages.loan import LoanPage

BRING = [gettext_lazy("The instalment"), gettext_lazy("your last slip")]


def next_instalment(page: LoanPage, *, on: date) -> dict[str, Any] | None:
    """The next instalment as the sewn card shows it, while there is one."""
    loan = page.loan
    if loan.next_due_on is None or loan.is_frozen:
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


def nothing_due(loan: Loan) -> dict[str, str]:
    """Why no instalment is asked for now: the loan rests, or how it ended."""
    if loan.is_frozen:
        return {
            "title": _("Your loan rests."),
            "text": _(
                "The branch was told of a death or an illness. You pay nothing until somebody has talked with you:"
            ),
            "tone": "",
        }
    return {
        Loan.End.REPAID: {
            "title": _("Nothing is left to pay."),
            "text": _("You have kept your word. Ask about the next loan:"),
            "tone": "good",
        },
        Loan.End.WAIVED: {
            "title": _("Your loan is forgiven."),
            "text": _("Nobody in the family owes anything. Questions:"),
            "tone": "good",
        },
        Loan.End.WRITTEN_OFF: {
            "title": _("%(amount)s is still to be paid.")
            % {"amount": words.plain(words.rupees(loan.written_off_total))},
            "text": _("No reminders come any more. Pay when you can, and ask for a slip. There is no fine:"),
            "tone": "",
        },
        Loan.End.CANCELLED: {
            "title": _("You gave the money back."),
            "text": _("You owe nothing. Ask for a loan again when you want one:"),
            "tone": "good",
        },
    }[Loan.End(loan.ended_as)]

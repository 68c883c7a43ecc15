"""What may be done with a loan besides taking money: each with its page, or why it cannot be done now."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from loans.actions import endings
from loans.models import Loan

BEFORE_GIVING_BACK = [
    gettext_lazy(
        "The whole amount is back at the branch, and a paper says so. Somebody else than who gave it writes it."
    ),
    gettext_lazy("The loan is cancelled and the fund has its money again. The borrower owes nothing, and is told."),
]
BEFORE_WRITING_OFF = [
    gettext_lazy("The rest goes out of the lender's book. The borrower still owes it, and is not told otherwise."),
    gettext_lazy("What is paid later is taken at the counter as before, with a slip."),
]


def verbs_of(loan: Loan, *, user: User) -> list[dict[str, Any]]:
    """Links for who may, in the order in which they are needed; nothing for anybody else."""
    return [verb for offer in OFFERS if (verb := offer(loan, user)) is not None]


def misfortune(loan: Loan, user: User) -> dict[str, Any] | None:
    if loan.frozen_for is not None and user.has_perm("loans.view_misfortune", loan.frozen_for):
        return {
            "label": loan.frozen_for.get_kind_display(),
            "url": loan.frozen_for.get_absolute_url(),
            "small": _("The loan rests: nobody reminds, and nobody asks the guarantors."),
        }
    if not loan.is_live or loan.is_frozen or not user.has_perm("loans.report_misfortune", loan):
        return None
    return {
        "label": _("Report a death or a disability"),
        "url": reverse("loans:misfortune-create", args=[loan.pk]),
        "small": "",
    }


def given_back(loan: Loan, user: User) -> dict[str, Any] | None:
    if not loan.is_live or not user.has_perm("loans.cancel_loan", loan):
        return None
    return offered(_("The money was given back"), "loans:loan-give-back", loan, endings.why_not_given_back(loan))


def write_off(loan: Loan, user: User) -> dict[str, Any] | None:
    if not loan.is_live or not user.has_perm("loans.write_off", loan):
        return None
    return offered(_("Write the rest off"), "loans:loan-write-off", loan, endings.why_not_written_off(loan))


def offered(label: str, url_name: str, loan: Loan, why_not: str) -> dict[str, Any]:
    """The page of a verb, or in its place why it cannot be done now."""
    return {"label": label, "url": "" if why_not else reverse(url_name, args=[loan.pk]), "small": why_not}


OFFERS = (misfortune, given_back, write_off)

"""What may be done with a loan besides taking money: each with its page, or why it cannot be done now."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from loans.models import Loan


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


OFFERS = (misfortune,)

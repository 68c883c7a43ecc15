"""Where every view of lending starts: 404 where it is out of sight, 403 where the permission lacks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from accounts.roles import LENDER_ROLES, NATIONAL_ROLES
from casework.models import Referral
from journal.moves import MoveRefused
from loans.models import Application, LedgerEntry, Loan, Misfortune

OF_REFERRAL = (
    "case__person",
    "case__enterprise__district",
    "case__enterprise__sector",
    "to_office",
    "business_plan",
    "by",
)
OF_APPLICATION = (
    "person", "enterprise__district", "partner", "product", "scheme", "branch", "officer", "business_plan", "refusal",
    "referral",
)  # fmt: skip
OF_LOAN = ("person", "enterprise", "partner", "product", "scheme", "branch", "application", "frozen_for")


def referral_in_sight(request, pk):
    sent = Referral.objects.visible_to(request.user).filter(to=Referral.To.LENDER)
    return get_object_or_404(sent.select_related(*OF_REFERRAL), pk=pk)


def application_in_sight(request, pk, *, needs=None):
    application = get_object_or_404(Application.objects.visible_to(request.user).select_related(*OF_APPLICATION), pk=pk)
    return allowed(request, application, needs)


def loan_in_sight(request, pk, *, needs=None):
    loan = get_object_or_404(Loan.objects.visible_to(request.user).select_related(*OF_LOAN), pk=pk)
    return allowed(request, loan, needs)


def loan_at_counter(request, pk):
    """Any loan of the cashier's lender: a receipt's branch may differ from the loan's."""
    loan = get_object_or_404(Loan.objects.payable_to(request.user).select_related(*OF_LOAN), pk=pk)
    return allowed(request, loan, "loans.post_receipt")


def receipt_in_sight(request, pk, *, needs=None):
    receipts = LedgerEntry.objects.slips_seen_by(request.user)
    whole = receipts.select_related("branch", "by", "reversal__by", *(f"loan__{name}" for name in OF_LOAN))
    return allowed(request, get_object_or_404(whole, pk=pk), needs)


def misfortune_in_sight(request, pk, *, needs="loans.view_misfortune"):
    return allowed(request, get_object_or_404(Misfortune.objects.visible_to(request.user).for_page(), pk=pk), needs)


def is_at_desk(user):
    """Whether the way back leads to the branch's desk."""
    return user.has_role(*LENDER_ROLES, *NATIONAL_ROLES)


def allowed(request, item, needs):
    if needs and not request.user.has_perm(needs, item):
        raise PermissionDenied(needs)
    return item


def is_too_late(request, application, verb):
    """Whether a page for this move has nothing to offer any more; the reader is told why."""
    if request.method != "GET" or application.state in application.MOVES[verb].sources:
        return False
    messages.warning(request, str(MoveRefused(application, verb)))
    return True

"""The rules about a late instalment that pages say and actions hold."""

from datetime import date, timedelta

from django.utils.translation import ngettext

from loans.models import Loan, Visit
from loans.models.arrears import VISITS_BEFORE_GUARANTORS


def why_no_guarantor(loan: Loan) -> str:
    """Why no guarantor may be spoken to yet, and when it becomes possible; empty where nothing stands in the way."""
    left = VISITS_BEFORE_GUARANTORS - Visit.objects.about(loan).count()
    if left <= 0:
        return ""
    said = ngettext(
        "Guarantors are spoken to after two visits to the borrower. %(left)s visit about this instalment is still to "
        "come: write it down first.",
        "Guarantors are spoken to after two visits to the borrower. %(left)s visits about this instalment are still to "
        "come: write them down first.",
        left,
    )
    return said % {"left": left}


def guarantors_from(loan: Loan) -> date:
    """The first day on which the lender's own rule lets guarantors be spoken to about what is late now."""
    assert loan.next_due_on is not None  # noqa: S101 (who asks has looked whether the loan is late)
    return loan.next_due_on + timedelta(days=loan.partner.guarantor_days)

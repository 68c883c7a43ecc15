from django.conf import settings
from django.utils.translation import gettext as _

from loans.models import Loan


def say_given_back(loan: Loan) -> str:
    return _("Rs {amount} came back. The loan is cancelled: you owe nothing. Not right? Call {helpline}").format(
        amount=f"{loan.principal:,}", helpline=settings.HELPLINE
    )

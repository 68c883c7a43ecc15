"""What the check said is kept where somebody acts on it."""

from datetime import date

from accounts.models import User
from casework.models import Referral
from loans.known import askings_of
from loans.models import Application, PreCheck
from loans.precheck import Asking, check, failing

# Whoever reads the answers later may not read of the family.
NOT_KEPT = {"household"}


def keep(asking: Asking, *, by: User, application: Application | None = None, referral: Referral | None = None) -> None:
    said = check(asking)
    PreCheck.objects.create(
        application=application,
        referral=referral,
        offer=asking.offer,
        amount=asking.amount,
        months=asking.months,
        answers={code: verdict.answer.value for code, verdict in said.items() if code not in NOT_KEPT},
        by=by,
    )


def keep_for_referral(referral: Referral, *, on: date) -> None:
    """Of the offer that fits best, as the advisor read it; nothing where nothing is lent."""
    askings = sorted(askings_of(referral.case, reader=referral.by, on=on), key=lambda one: len(failing(one)))
    if askings:
        keep(askings[0], by=referral.by, referral=referral)

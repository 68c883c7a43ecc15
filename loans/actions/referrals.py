"""What the branch answers to a referral that it does not take up."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from casework.actions import referrals
from casework.models import Referral
from kit.days import months_after
from loans.actions.applications import check_refusal
from loans.models import RefusalReason


@transaction.atomic
def decline(
    *, referral: Referral, version: int, refusal: RefusalReason | None, refusal_text: str = "", by: User
) -> Referral:
    """Send the client back to the advisor: as every no with a reason, what to do about it, and when to ask again."""
    reason = check_refusal(refusal, refusal_text)
    ask_again_on = months_after(timezone.localdate(), reason.months_until_again)
    return referrals.decline(
        referral=referral,
        version=version,
        by=by,
        reason=refusal_text or reason.code,
        data={"reason": reason.code, "ask_again_on": ask_again_on.isoformat()},
    )

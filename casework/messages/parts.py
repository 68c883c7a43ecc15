"""To whom casework writes."""

from django.conf import settings

from casework.models import Case
from enterprises.discretion import reach_if_allowed
from messaging.kinds import Recipient


def to_advisor(case: Case) -> Recipient | None:
    """The colleague who has the case; a manager who stands in is told too, because the case is theirs."""
    advisor = case.advisor
    return Recipient(phone=advisor.phone, language=settings.LANGUAGE_CODE) if advisor.phone else None


def to_owner(case: Case) -> Recipient | None:
    """The entrepreneur, while they let SMEDA contact them."""
    return reach_if_allowed(case.person)

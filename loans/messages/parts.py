"""What the texts of lending share: whom they reach, and in which language."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import override

from enterprises.discretion import reach
from loans.models import Guarantor, LedgerEntry
from messaging.kinds import Recipient


def to_borrower(item: Any) -> Recipient | None:
    """The person who asked for the loan or has it, where there is a phone."""
    return reach(borrower_of(item))


def borrower_of(item: Any) -> Any:
    return item.loan.person if isinstance(item, LedgerEntry) else item.person


def to_guarantor(guarantor: Guarantor) -> Recipient | None:
    return reach(guarantor.person)


def spoken(say: Callable[[Any], str]) -> Callable[[Any, str], str]:
    """Say it in the language asked for."""

    def render(item: Any, language: str) -> str:
        with override(language):
            return say(item)

    return render

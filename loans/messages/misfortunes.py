"""After a death or a disability: what the family is told, and those who guaranteed."""

from django.conf import settings
from django.utils.translation import gettext as _

from kit import words
from loans.models import Guarantor, Misfortune
from places.calendar import on_time_until


def say_waived(misfortune: Misfortune) -> str:
    """The family reads it: no number that counts days, nothing to be done."""
    loan = misfortune.loan
    if misfortune.kind == Misfortune.Kind.DEATH and not loan.is_live:
        said = _("We share your grief. The loan is forgiven: nobody owes anything. Help {helpline}")
    elif not loan.is_live:
        said = _("Your loan is forgiven: you owe nothing any more. We wish you strength. Help {helpline}")
    else:
        said = _("Rs {amount} of the loan is forgiven. Left to pay: Rs {left}. No fee. Help {helpline}")
    return said.format(amount=f"{misfortune.amount:,}", left=f"{loan.balance:,}", helpline=settings.HELPLINE)


def say_goes_on(misfortune: Misfortune) -> str:
    loan = misfortune.loan
    if loan.next_due_on is None:
        return _("Your loan needs nothing any more. Help {helpline}").format(helpline=settings.HELPLINE)
    return _(
        "Your loan goes on. Next instalment by {day}. The days in between count for nothing. Help {helpline}"
    ).format(day=words.plain(words.day(on_time_until(loan.next_due_on))), helpline=settings.HELPLINE)


def say_released(_guarantor: Guarantor) -> str:
    return _("The loan that you guaranteed is settled. You answer for nothing any more. Help {helpline}").format(
        helpline=settings.HELPLINE
    )

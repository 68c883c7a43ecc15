"""What a client is told of money that comes or is due."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from journal.open_items import Facts
from kit import words
from loans.models import Application, Loan
from places.calendar import LENDING, Calendar, on_time_until


def of_payouts(ids: Collection[int]) -> dict[int, Facts]:
    """An approved loan that waits to be paid out: how much. One query for all of them."""
    amounts = Application.objects.filter(pk__in=ids).values_list("pk", "amount_approved")
    return {pk: Facts(lines=(("money", _("Approved"), words.rupees(amount)),)) for pk, amount in amounts}


def of_instalments(ids: Collection[int]) -> dict[int, Facts]:
    """The next instalment: how much, with what is late already, and the last day on time. Two queries for all."""
    calendar = Calendar.load(LENDING)
    loans = Loan.objects.filter(pk__in=ids, next_due_on__isnull=False)
    return {
        loan.pk: Facts(
            lines=(("money", _("Amount"), words.rupees(loan.due_by(loan.next_due_on))),),
            bring=(_("The instalment"), _("Your last slip")),
            until=on_time_until(loan.next_due_on, calendar=calendar),
            is_new=True,
        )
        for loan in loans
    }

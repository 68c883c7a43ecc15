"""What a fund has: received, promised, given, come back, and what is left to promise. Sums of rows, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from enterprises.models import Sex
from kit import words
from loans.models import Application, FundingScheme, Loan, PurseEntry
from loans.states import ApplicationState


@dataclass(frozen=True)
class Purse:
    """All in rupees; `loans` and `to_women` are numbers of loans given."""

    received: int = 0
    returned: int = 0
    promised: int = 0
    given: int = 0
    recovered: int = 0
    loans: int = 0
    to_women: int = 0
    is_revolving: bool = True

    @property
    def left(self) -> int:
        """What may still be promised; what came back counts where the fund lends it again."""
        came = self.received - self.returned + (self.recovered if self.is_revolving else 0)
        return came - self.promised - self.given


def purses(schemes: Iterable[FundingScheme]) -> dict[int, Purse]:
    """The purse of each scheme: three queries, however many schemes."""
    schemes = list(schemes)
    keys = [scheme.pk for scheme in schemes]
    kinds = PurseEntry.Kind
    money = {
        row["scheme"]: row
        for row in PurseEntry.objects.counted()
        .filter(scheme__in=keys)
        .order_by()
        .values("scheme")
        .annotate(
            received=Sum("amount", filter=Q(kind=kinds.RECEIVED), default=0),
            returned=Sum("amount", filter=Q(kind=kinds.RETURNED), default=0),
        )
    }
    promised = dict(
        Application.objects.filter(state=ApplicationState.APPROVED, scheme__in=keys)
        .order_by()
        .values_list("scheme")
        .annotate(promised=Sum("amount_approved"))
    )
    lent = {
        row["scheme"]: row
        for row in Loan.objects.given()
        .filter(scheme__in=keys)
        .order_by()
        .values("scheme")
        .annotate(
            given=Sum("principal"),
            recovered=Sum("paid_total"),
            loans=Count("pk"),
            to_women=Count("pk", filter=Q(sex=Sex.WOMAN)),
        )
    }
    return {
        scheme.pk: Purse(
            is_revolving=scheme.is_revolving,
            promised=promised.get(scheme.pk, 0),
            **without_key(money.get(scheme.pk, {})),
            **without_key(lent.get(scheme.pk, {})),
        )
        for scheme in schemes
    }


def without_key(row: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in row.items() if name != "scheme"}


def promise(scheme_id: int, amount: int) -> None:
    """Make sure, under the fund's lock, that it can promise `amount` more; until the transaction ends no other can.

    Raises `ValidationError` with what is left. Locked after the application, and before nothing: two committees that
    decide at once wait for each other here, and the second counts the first one's promise.
    """
    scheme = FundingScheme.objects.select_for_update(no_key=True).get(pk=scheme_id)
    if not scheme.is_counted:
        return
    left = purses([scheme])[scheme.pk].left
    if amount > left:
        raise ValidationError(
            _("The fund “%(scheme)s” has Rs %(left)s left to lend, and this loan is Rs %(amount)s.")
            % {"scheme": words.plain(scheme.label), "left": f"{max(left, 0):,}", "amount": f"{amount:,}"}
        )

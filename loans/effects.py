"""What each kind of ledger row does to a loan's totals. One table; everything else is computed from it."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    DISBURSEMENT = "disbursement", _("Money given")
    REPAYMENT = "repayment", _("Repayment")
    REVERSAL = "reversal", _("Reversal")
    WAIVER = "waiver", _("Waiver")
    WRITE_OFF = "write_off", _("Write-off")
    RECOVERY = "recovery", _("Recovery after write-off")


@dataclass(frozen=True)
class Effect:
    """How often a row's amount counts in each total, and in what was given: 1, -1 or 0."""

    paid_total: int = 0
    waived_total: int = 0
    written_off_total: int = 0
    given: int = 0

    def __neg__(self) -> "Effect":
        return Effect(-self.paid_total, -self.waived_total, -self.written_off_total, -self.given)

    @property
    def to_pay_back(self) -> int:
        """How often it counts in what is to be paid back: what was given, less what was forgiven or given up."""
        return self.given - self.waived_total - self.written_off_total


TOTALS = ("paid_total", "waived_total", "written_off_total")

EFFECTS = {
    Kind.DISBURSEMENT: Effect(given=1),
    Kind.REPAYMENT: Effect(paid_total=1),
    Kind.WAIVER: Effect(waived_total=1),
    Kind.WRITE_OFF: Effect(written_off_total=1),
    Kind.RECOVERY: Effect(paid_total=1, written_off_total=-1),
}
# Kinds that are written on a numbered slip.
ON_SLIPS = (Kind.REPAYMENT, Kind.RECOVERY)


def effect_of(kind: str, undoes: str = "") -> Effect:
    """A reversal does the contrary of the kind that it undoes; every other kind what the table says."""
    return -EFFECTS[Kind(undoes)] if kind == Kind.REVERSAL else EFFECTS[Kind(kind)]

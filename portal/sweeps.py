"""The nightly look for what must never be: each count must be zero, and is logged as an error when it is not."""

import logging

from django.db.models import Q

from casework.sweeps import enterprises_without_case, steps_left_open
from enterprises.models import Enterprise
from journal.models import JobRun
from journal.open_items import Scope
from loans.models import Loan
from portal.pages.items import sources

logger = logging.getLogger(__name__)


def sweep(run: JobRun) -> dict[str, int]:
    """Count what a reaction missed, what nobody has, and where totals and ledger differ. Changes nothing."""
    found = {
        "enterprises_without_case": enterprises_without_case().count(),
        "ownerless_items": ownerless(),
        "steps_left_open": steps_left_open().count(),
        "loans_out_of_balance": Loan.objects.unbalanced().count(),
    }
    for name, number in found.items():
        if number:
            logger.error("sweep found what must not be", extra={"check": name, "number": number})
    return found


def ownerless() -> int:
    """Open items that neither a person nor an office has."""
    everything = Scope(enterprise_ids=Enterprise.objects.values("pk"))
    return sum(
        rows.filter(Q(item_holder__isnull=True, item_office__isnull=True)).count() for rows in sources(everything)
    )

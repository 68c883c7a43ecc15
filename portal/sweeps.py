"""The nightly look for what must never be: each count must be zero, and is logged as an error when it is not."""

import logging

from django.db.models import Exists, OuterRef, Q

from casework.models import Case, Step
from enterprises.models import Enterprise
from journal.models import Event, JobRun
from journal.open_items import Scope
from loans.models import Loan
from portal.pages.desk import sources

logger = logging.getLogger(__name__)


def sweep(run: JobRun) -> dict[str, int]:
    """Count what a reaction missed, what nobody has, and where totals and ledger differ. Changes nothing."""
    found = {
        "enterprises_without_case": without_case(),
        "ownerless_items": ownerless(),
        "steps_left_open": left_open(),
        "loans_out_of_balance": Loan.objects.unbalanced().count(),
    }
    for name, number in found.items():
        if number:
            logger.error("sweep found what must not be", extra={"check": name, "number": number})
    return found


def without_case() -> int:
    cases = Case.objects.filter(enterprise_id=OuterRef("pk"))
    return Enterprise.objects.unmerged().filter(~Exists(cases)).count()


def ownerless() -> int:
    """Open items that neither a person nor an office has."""
    everything = Scope(enterprise_ids=Enterprise.objects.values("pk"))
    return sum(
        rows.filter(Q(item_holder__isnull=True, item_office__isnull=True)).count() for rows in sources(everything)
    )


def left_open() -> int:
    """Steps still open although the event that closes them came after they were set."""
    closing = Event.objects.filter(
        enterprise_id=OuterRef("case__enterprise_id"),
        name=OuterRef("kind__closed_by_event"),
        at__gt=OuterRef("set_at"),
    )
    plain = Step.objects.open().filter(kind__closed_by_code="").exclude(kind__closed_by_event="")
    return plain.filter(Exists(closing)).count()

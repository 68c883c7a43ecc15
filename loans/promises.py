"""Whether an agreed day was kept: computed of the ledger each time, never typed."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.effects import ON_SLIPS
from loans.models import LedgerEntry, Promise
from places.calendar import LENDING, Calendar, on_time_until

# Of so many that were not kept a page warns.
MANY = 3


class Standing(TextChoices):
    RUNS = "runs", _("agreed")
    KEPT = "kept", _("kept")
    # Another day was agreed before this one was over.
    MOVED = "moved", _("put off")
    BROKEN = "broken", _("not kept")


class Agreed(NamedTuple):
    promise: Promise
    standing: Standing
    until: date


NOT_KEPT = (Standing.MOVED, Standing.BROKEN)


def of_loans(loan_ids: Collection[int], *, on: date, calendar: Calendar) -> dict[int, list[Agreed]]:
    """Every agreed day of these loans with how it stands, the oldest first. Two queries, however many loans."""
    given: dict[int, list[Promise]] = defaultdict(list)
    for promise in Promise.objects.filter(loan__in=loan_ids).select_related("by").order_by("id"):
        given[promise.loan_id].append(promise)
    receipts: dict[int, list[LedgerEntry]] = defaultdict(list)
    if given:
        for entry in LedgerEntry.objects.filter(loan__in=given, kind__in=ON_SLIPS, reversal=None):
            receipts[entry.loan_id].append(entry)
    return {
        loan_id: [
            standing_of(one, later, receipts[loan_id], on=on, calendar=calendar)
            for one, later in zip(promises, [*promises[1:], None], strict=True)
        ]
        for loan_id, promises in given.items()
    }


def standing_of(
    promise: Promise, later: Promise | None, receipts: Collection[LedgerEntry], *, on: date, calendar: Calendar
) -> Agreed:
    """Kept where so much was given from its own day on until it was over; a closed day's money may come the next."""
    begins, until = timezone.localdate(promise.at), calendar.first_at_or_after(promise.pay_on)
    paid = sum(
        entry.amount for entry in receipts if begins <= entry.received_on <= until and entry.entered_at > promise.at
    )
    if paid >= promise.amount:
        return Agreed(promise, Standing.KEPT, until)
    if later is not None and timezone.localdate(later.at) <= until:
        return Agreed(promise, Standing.MOVED, until)
    return Agreed(promise, Standing.RUNS if on <= until else Standing.BROKEN, until)


def not_kept(agreed: Collection[Agreed]) -> int:
    return sum(one.standing in NOT_KEPT for one in agreed)


def running(loan_id: int, *, on: date, calendar: Calendar | str = LENDING) -> Agreed | None:
    """The agreed day that nobody disturbs: the last one, until it is over, whether it was kept already or not."""
    last = Promise.objects.filter(loan=loan_id).order_by("-id").first()
    if last is None or (until := on_time_until(last.pay_on, calendar=calendar)) < on:
        return None
    return Agreed(last, Standing.RUNS, until)

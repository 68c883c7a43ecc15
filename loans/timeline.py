"""Money on the timeline of a case. A ledger row is its own record and writes no event; lending the money does."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Case
from casework.timeline import AREAS, Source, who
from kit import words
from loans.effects import Kind
from loans.models import LedgerEntry

AREA = "loans"


def rows(case: Case, user: User) -> QuerySet[LedgerEntry]:
    """What was paid, forgiven or put right of the business's loans, as far as the user sees them."""
    seen = LedgerEntry.objects.visible_to(user).filter(loan__enterprise_id=case.enterprise_id)
    return seen.exclude(kind=Kind.DISBURSEMENT).annotate(at=F("entered_at"))


def drawn(ids: Collection[int], case: Case) -> dict[int, dict[str, Any]]:
    entries = LedgerEntry.objects.filter(pk__in=ids).select_related("by", "loan", "reverses", "reversal")
    return {entry.pk: drawn_one(entry, case) for entry in entries}


def drawn_one(entry: LedgerEntry, case: Case) -> dict[str, Any]:
    return {
        "kind": AREAS[AREA],
        "who": who(entry.by, case),
        "text": sentence_of(entry),
        "url": entry.get_absolute_url() if entry.is_receipt else "",
        "label": _("Receipt") if entry.is_receipt else "",
    }


def sentence_of(entry: LedgerEntry) -> str:
    """What moved, in words; that it was undone later belongs to it."""
    amount = words.plain(words.rupees(entry.amount))
    if entry.kind == Kind.REVERSAL:
        return _("Undone: {what} of {amount}").format(what=Kind(entry.undoes).label, amount=amount)
    said = _("{what}: {amount}").format(what=Kind(entry.kind).label, amount=amount)
    return _("{what} (undone later)").format(what=said) if hasattr(entry, "reversal") else said


RECEIPTS = Source(number=9, area=AREA, rows=rows, drawn=drawn)

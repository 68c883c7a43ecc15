"""The one writer of ledger rows. Lock the loan, insert the row, move the totals: in this order, always."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from loans.actions import terms
from loans.effects import TOTALS, Kind, effect_of
from loans.models import LedgerEntry, Loan, Terms

# Why a row of this kind makes new terms; else something was put right.
RENEWED = {Kind.WAIVER: Terms.Reason.WAIVER}


def hold_loan(loan: Loan) -> Loan:
    """Lock the loan and return it fresh. Must come before any row that points to it is inserted.

    The other order deadlocks two tellers as soon as keys are checked at the insert: each shares a lock on the loan
    that the other wants for itself.
    """
    return Loan.objects.select_for_update(no_key=True, of=("self",)).get(pk=loan.pk)


def write(
    held: Loan,
    kind: Kind,
    *,
    amount: int,
    by: User,
    received_on: date,
    posted_on: date | None = None,
    entered_at: datetime | None = None,
    branch_id: int | None = None,
    **facts: Any,
) -> LedgerEntry:
    """Insert one row and add its effect to the totals of `held`, which the caller has locked.

    `posted_on` is today, hence never in a closed month. `branch_id` is where money was taken or undone, if that is not
    the loan's own branch. Ends the loan when nothing is left, and re-opens it when a
    reversal leaves something. Where the terms no longer add up to what is to be paid, they get another version.
    """
    entered_at = entered_at or timezone.now()
    posted_on = posted_on or timezone.localdate(entered_at)
    entry = LedgerEntry.objects.create(
        branch_id=branch_id or held.branch_id,
        loan=held,
        kind=kind,
        amount=amount,
        received_on=received_on,
        posted_on=posted_on,
        entered_at=entered_at,
        by=by,
        **facts,
    )
    undoes = facts.get("undoes", "")
    effect = effect_of(kind, undoes)
    for total in TOTALS:
        setattr(held, total, getattr(held, total) + getattr(effect, total) * amount)
    if undoes == Kind.DISBURSEMENT:
        held.ended_on, held.ended_as = posted_on, Loan.End.CANCELLED
    else:
        end_or_reopen(held, kind, on=posted_on)
    is_renewed = terms.fit(held, is_more=undoes == Kind.WAIVER)
    held.save(update_fields=[*TOTALS, *terms.TERMS, "terms_number", "ended_on", "ended_as"])
    if is_renewed:
        terms.write_down(held, reason=RENEWED.get(kind, Terms.Reason.CORRECTED), by=by)
    held.refresh_from_db(fields=["next_due_on"])
    return entry


def end_or_reopen(held: Loan, kind: Kind, *, on: date) -> None:
    """A loan ends on the day when nothing is left, and is open again when something is."""
    if held.principal > held.paid_total + held.waived_total + held.written_off_total:
        held.ended_on, held.ended_as = None, ""
        return
    held.ended_on = held.ended_on or on
    if held.written_off_total:
        held.ended_as = Loan.End.WRITTEN_OFF
    else:
        held.ended_as = Loan.End.WAIVED if kind == Kind.WAIVER else Loan.End.REPAID

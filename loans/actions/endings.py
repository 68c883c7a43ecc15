"""How a loan ends otherwise than by the last instalment: the money was given back, or the lender gives up hope."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from journal.events import LENDER, MANAGERS, record
from loans.actions import ledger
from loans.actions.applications import EVERYBODY
from loans.effects import Kind
from loans.models import LedgerEntry, Loan
from messaging.outbox import queue


@transaction.atomic
def give_back(*, loan: Loan, reason: str, paper: str, by: User) -> LedgerEntry:
    """Take the money of a loan back before anything was paid on it: by another person than who gave it.

    The loan is cancelled, the fund has its money again, the borrower owes nothing and is told so.
    """
    held = ledger.hold_loan(loan)
    given = held.ledger.filter(kind=Kind.DISBURSEMENT).first()
    if not by.has_perm("loans.cancel_loan", held):
        raise PermissionDenied("loans.cancel_loan")
    if given is None or (why := why_not_given_back(held)):
        raise ValidationError(why if given is not None else _("Nothing says that this money was given."))
    if given.by_id == by.pk:
        raise PermissionDenied("loans.cancel_loan")
    reversal = ledger.write(
        held,
        Kind.REVERSAL,
        amount=given.amount,
        by=by,
        received_on=timezone.localdate(),
        branch_id=given.branch_id,
        reverses=given,
        undoes=given.kind,
        undoes_by_id=given.by_id,
        reason=f"{reason} ({paper})",
    )
    record("loans.given_back", target=held, by=by, audience=EVERYBODY, data={"amount": given.amount})
    queue("loans.given_back", target=held, by=by)
    return reversal


def why_not_given_back(loan: Loan) -> str:
    """Why the money cannot come back whole any more; empty where it can."""
    if not loan.is_live:
        return _("This loan has ended.")
    if loan.is_frozen:
        return _("The loan rests. Say first what follows from the death or the disability.")
    if loan.paid_total or loan.waived_total:
        return _("Something is paid already. Reverse the receipts first, or take the rest as a receipt.")
    return ""


@transaction.atomic
def write_off(*, loan: Loan, reason: str, by: User) -> LedgerEntry:
    """Give up hope in the lender's own book, by its head office. The borrower still owes it, and may pay at any time.

    Nobody is told, and nobody reminds any more.
    """
    held = ledger.hold_loan(loan)
    if not by.has_perm("loans.write_off", held):
        raise PermissionDenied("loans.write_off")
    if why := why_not_written_off(held):
        raise ValidationError(why)
    entry = ledger.write(
        held, Kind.WRITE_OFF, amount=held.balance, by=by, received_on=timezone.localdate(), reason=reason
    )
    record("loans.written_off", target=held, by=by, audience={LENDER, MANAGERS}, data={"amount": entry.amount})
    return entry


def why_not_written_off(loan: Loan) -> str:
    if not loan.is_live:
        return _("This loan has ended.")
    if loan.is_frozen:
        return _("The loan rests. Say first what follows from the death or the disability.")
    return ""

"""Receipts: posted once, for ever; undone only by another person's reversing row."""

from datetime import date

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from journal.events import record
from kit import words
from loans.actions import books, ledger
from loans.actions.applications import EVERYBODY
from loans.effects import Kind
from loans.models import LedgerEntry, Loan
from loans.rules import is_cashier
from loans.slips import Slip
from messaging.outbox import queue

ON_ANY_SLIP = "loans_slip_once"


class SlipTakenError(ValidationError):
    """The slip was posted before. Carries that first row, and its text says whose it is."""

    def __init__(self, first: LedgerEntry) -> None:
        super().__init__(
            _("Slip %(slip)s was posted already: Rs %(amount)s for loan %(loan)s, by %(name)s, %(at)s.")
            % {
                "slip": first.slip,
                "amount": f"{first.amount:,}",
                "loan": first.loan.reference,
                "name": first.by,
                "at": words.plain(words.moment(first.entered_at)),
            },
            code="slip_taken",
        )
        self.first = first


@transaction.atomic
def post_receipt(
    *, loan: Loan, amount: int, received_on: date, book: int, number: int, by: User, correction: int = 0
) -> LedgerEntry:
    """Post money that the borrower brought. The same slip counts once, whatever else comes with it.

    `correction` is 1 or more when the slip takes the place of one that was reversed. When nothing is left the loan
    ends and the journal says so; the borrower is told of every receipt at once. The slip is of the branch where the
    cashier sits, which need not be the loan's.
    """
    held = ledger.hold_loan(loan)
    if not by.has_perm("loans.post_receipt", held):
        raise PermissionDenied("loans.post_receipt")
    slip = Slip(book, number, correction)
    branch_id = receiving_branch(held, by)
    books.hold_for(slip, branch_id=branch_id)
    check_receipt(held, slip=slip, amount=amount, received_on=received_on, branch_id=branch_id, by=by)
    facts = slip._asdict() | {"amount": amount, "by": by, "received_on": received_on, "branch_id": branch_id}
    try:
        with transaction.atomic():
            entry = ledger.write(held, kind_of_receipt(held), **facts)
    except IntegrityError as error:
        # Posted for another loan at this very moment, so that no look beforehand could see it.
        if ON_ANY_SLIP in str(error):
            refuse_used(slip, branch_id=branch_id)
        raise
    if held.ended_as == Loan.End.REPAID:
        record("loans.completed", target=held, by=by, audience=EVERYBODY, data={"loan": held.pk})
    queue("loans.receipt", target=entry, by=by)
    return entry


@transaction.atomic
def reverse_receipt(*, entry: LedgerEntry, reason: str, by: User) -> LedgerEntry:
    """Undo a receipt by a row that points to it: by another person than who posted it, and with a reason.

    What it paid is open again, and so is a loan that it had ended, as the journal says. The borrower is told at once.
    """
    held = ledger.hold_loan(entry.loan)
    had_ended = held.ended_on is not None
    if not by.has_perm("loans.reverse_receipt", entry):
        raise PermissionDenied("loans.reverse_receipt")
    if not entry.is_receipt:
        raise ValidationError(_("Only a receipt can be reversed here."))
    if entry.kind == Kind.REPAYMENT and held.ledger.filter(kind=Kind.WRITE_OFF).exists():
        # What was written off is what had not been paid until then.
        raise ValidationError(_("The loan was written off after this receipt. The receipt stands."))
    if held.ended_as == Loan.End.WAIVED:
        # What was forgiven is all that was left: nobody owes anything, and the family and the guarantors know it.
        raise ValidationError(_("The loan was forgiven after this receipt. The receipt stands."))
    earlier = LedgerEntry.objects.filter(reverses=entry).select_related("by").first()
    if earlier is not None:
        at = words.plain(words.moment(earlier.entered_at))
        raise ValidationError(
            _("Slip %(slip)s was reversed already, by %(name)s, %(at)s.")
            % {"slip": entry.slip, "name": earlier.by, "at": at}
        )
    reversal = ledger.write(
        held,
        Kind.REVERSAL,
        amount=entry.amount,
        by=by,
        received_on=timezone.localdate(),
        branch_id=entry.branch_id,
        reverses=entry,
        undoes=entry.kind,
        undoes_by_id=entry.by_id,
        reason=reason,
    )
    if had_ended and held.is_live:
        record("loans.reopened", target=held, by=by, audience=EVERYBODY, data={"loan": held.pk})
    queue("loans.receipt_reversed", target=reversal, by=by)
    return reversal


def kind_of_receipt(held: Loan) -> Kind:
    """Money on a loan that was written off is a recovery: the cashier need not know."""
    return Kind.RECOVERY if held.written_off_total else Kind.REPAYMENT


def refuse_used(slip: Slip, *, branch_id: int) -> None:
    """Refuse a slip that stands in the branch's ledger, unless this corrects what was reversed there last."""
    used = LedgerEntry.objects.on_slip(branch_id=branch_id, book=slip.book, number=slip.number)
    rows = {row.correction: row for row in used.select_related("loan", "by", "reversal")}
    if slip.correction in rows:
        raise SlipTakenError(rows[slip.correction])
    if slip.correction and not hasattr(rows.get(slip.correction - 1), "reversal"):
        raise ValidationError(_("A slip is corrected after it was reversed, and not before."))


def receiving_branch(loan: Loan, by: User) -> int:
    """Where the money comes in: at the loan's branch if the cashier sits there, else at the cashier's own."""
    if is_cashier(by, loan):
        return loan.branch_id
    return next(office for role, office in by.posts if role == Role.CASHIER)


def check_receipt(loan: Loan, *, slip: Slip, amount: int, received_on: date, branch_id: int, by: User) -> None:
    """Refuse a used slip, said alone, and then all that is wrong with slip, money and day."""
    refuse_used(slip, branch_id=branch_id)
    wrong = faults(loan, amount=amount, received_on=received_on)
    if said := books.fault_of(slip, branch_id=branch_id, by=by):
        wrong["slip"] = said
    if wrong:
        raise ValidationError(wrong)


def faults(loan: Loan, *, amount: int | None, received_on: date | None) -> dict[str, str]:
    """More money than is owed, and a day on which it cannot have been given; nothing of what is not known.

    Of a loan that ended it says that alone.
    """
    if not loan.owed:
        return {NON_FIELD_ERRORS: _("Nothing is left to pay on this loan.")}
    wrong = {}
    if amount is not None and amount > loan.owed:
        # Money above the balance gets its own place, and its own way back, with unapplied amounts.
        balance = f"{loan.owed:,}"
        said = _("Only Rs %(balance)s is left to pay. Take that, and give back the rest.")
        wrong["amount"] = said % {"balance": balance}
    if received_on is not None and received_on > timezone.localdate():
        wrong["received_on"] = _("This day is still to come.")
    elif received_on is not None and received_on < loan.disbursed_on:
        wrong["received_on"] = _("The loan had not been paid out on this day.")
    return wrong

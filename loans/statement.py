"""A loan as it reads today: each instalment with what paid it, and each slip with what it left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from loans.effects import Kind
from loans.models import LedgerEntry, Loan
from loans.schedule import next_due
from places.calendar import Calendar

DONE, NOW, LATE, TO_COME = "done", "now", "late", ""


@dataclass(frozen=True)
class Line:
    """One instalment. `until` is the last day on time, where a Sunday or holiday moves it; `paid` a part of it."""

    number: int
    due_on: date
    until: date | None
    amount: int
    left: int
    state: str
    paid_by: LedgerEntry | None
    paid: int

    @property
    def still_due(self) -> int:
        return self.amount - self.paid


def lines(loan: Loan, receipts: Iterable[LedgerEntry], *, on: date, calendar: Calendar) -> list[Line]:
    """The terms in force, each instalment with the receipt that completed it: money goes to the oldest first."""
    plan = loan.instalments()
    reached = list(accumulate(instalment.amount for instalment in plan))
    paid = max(loan.paid_total - loan.paid_before, 0)
    cutoff = calendar.last_before(on)
    completed = completing(receipts, reached, paid_before=loan.paid_before)
    found, is_now_set = [], False
    for number, (instalment, total) in enumerate(zip(plan, reached, strict=True), start=1):
        if not loan.owed or total <= paid:
            state = DONE
        elif instalment.due_on <= cutoff:
            state = LATE
        else:
            state = TO_COME if is_now_set else NOW
            is_now_set = True
        until = calendar.first_at_or_after(instalment.due_on)
        found.append(
            Line(
                number=number,
                due_on=instalment.due_on,
                until=until if until != instalment.due_on else None,
                amount=instalment.amount,
                left=reached[-1] - total,
                state=state,
                paid_by=completed.get(number),
                paid=instalment.amount if state == DONE else max(paid - total + instalment.amount, 0),
            )
        )
    return found


def completing(receipts: Iterable[LedgerEntry], reached: list[int], *, paid_before: int) -> dict[int, LedgerEntry]:
    """For each instalment by its number, the standing receipt whose money completed it."""
    found: dict[int, LedgerEntry] = {}
    total = -paid_before
    for receipt in receipts:
        total += receipt.amount
        for number, needed in enumerate(reached, start=1):
            if total >= needed and number not in found:
                found[number] = receipt
    return found


@dataclass(frozen=True)
class AsOf:
    """What a slip says below its amount: the same words whenever it is printed again."""

    paid: int
    left: int
    next_due_on: date | None


def as_of(entry: LedgerEntry) -> AsOf:
    """What was paid and left when the row was written, from the rows up to it."""
    loan = entry.loan
    then = loan.ledger.up_to(entry).totals()
    paid, left = then["paid_total"], loan.principal - then["waived_total"] - then["paid_total"]
    # After a write-off no day is asked for any more.
    is_due = entry.kind != Kind.RECOVERY
    next_due_on = next_due(loan.instalments(), max(paid - loan.paid_before, 0)) if is_due else None
    return AsOf(paid=paid, left=left, next_due_on=next_due_on)

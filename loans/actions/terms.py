"""New versions of a loan's terms. The caller has locked the loan; old versions stay."""

from datetime import date
from math import ceil
from typing import Any

from accounts.models import User
from kit.days import months_after
from loans.models import Loan, Terms

TERMS = ("instalment", "count", "step_months", "multiple", "rounding", "first_due_on", "paid_before")


def renew(held: Loan, *, reason: Terms.Reason, by: User, **changes: Any) -> Terms:
    """Put these terms in force, as one more version that says why and who approved it."""
    for name, value in changes.items():
        setattr(held, name, value)
    held.terms_number += 1
    held.save(update_fields=[*TERMS, "terms_number"])
    held.refresh_from_db(fields=["next_due_on"])
    return write_down(held, reason=reason, by=by)


def write_down(held: Loan, *, reason: Terms.Reason, by: User) -> Terms:
    """Keep the terms in force as a version; its principal is what these terms spread."""
    return Terms.objects.create(
        loan=held,
        branch_id=held.branch_id,
        number=held.terms_number,
        reason=reason,
        approved_by=by,
        principal=held.principal - held.paid_before - held.waived_total,
        **{name: getattr(held, name) for name in TERMS},
    )


def covered(held: Loan) -> int:
    """How many instalments of the terms in force are paid; the last one is not before everything is."""
    return min((held.paid_total - held.paid_before) // held.instalment, held.count - 1)


def put_off(held: Loan, *, months: int, reason: Terms.Reason, by: User) -> Terms:
    """Let everything that is still to be paid fall due so many months later: the same instalments, none heavier.

    What is paid of the next instalment stays paid of it, and an instalment that was late stays the next one.
    """
    done = covered(held)
    return renew(
        held,
        reason=reason,
        by=by,
        count=held.count - done,
        paid_before=held.paid_before + done * held.instalment,
        first_due_on=months_after(held.first_due_on, done * held.step_months + months),
    )


def months_begun(since: date, until: date) -> int:
    """The months that began between two days: none on the same day, one after the first night."""
    months = 0
    while months_after(since, months) < until:
        months += 1
    return months


def fit(held: Loan, *, is_more: bool) -> bool:
    """Make the instalments add up to what is to be paid, the regular one unchanged; whether the terms changed.

    A part that was waived makes the last one smaller, and takes away those that come to nothing. A receipt of earlier
    terms that is reversed, or a waiver (`is_more`), adds at the end what the last one would otherwise swell by.
    """
    if not held.is_live:
        return False
    paid_before = min(held.paid_before, held.paid_total)
    spread = held.principal - paid_before - held.waived_total
    last = spread - held.instalment * (held.count - 1)
    swells = (is_more or paid_before < held.paid_before) and last > held.instalment
    if paid_before == held.paid_before and last > 0 and not swells:
        return False
    if last <= 0 or swells:
        held.count = ceil(spread / held.instalment)
    held.paid_before, held.terms_number = paid_before, held.terms_number + 1
    return True

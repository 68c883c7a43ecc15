"""Two at once at the counter: a slip is posted or explained and never both, and two branches pay one loan in order."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from loans.actions import books, receipts
from loans.models import LedgerEntry, Loan, ReceiptBook, SpoiltSlip
from tests.factories.loans import LoanFactory, branch_of, disbursed, lender, staff_of

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
DAY = dt.date(2026, 10, 7)
EACH = 20


def together(*acts):
    """Run all at the same moment, each on a connection of its own; what each was refused with, or None."""
    start = threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=60)
            act()
        except ValidationError as refusal:
            return refusal.messages
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def loan(place):
    application = disbursed(amount=60_000, product=place.product, branch=place.branch)
    return LoanFactory(principal=60_000, application=application)


def one_slip(place, loan):
    """The cashier posts slip 2 at the moment at which the manager writes down that it is spoilt."""
    post = place.staff.cashier.appointments.get()
    book = books.issue(post=post, number=118, first=1, last=9, by=place.staff.manager)
    facts = {"amount": 100, "received_on": DAY, "book": 118, "number": 2, "by": place.staff.cashier}
    return together(
        lambda: receipts.post_receipt(loan=loan, **facts),
        lambda: books.explain(book=book, number=2, why="spoilt", text="", by=place.staff.manager),
    )


def check_accounted_once(refused):
    assert (LedgerEntry.objects.count() + SpoiltSlip.objects.count(), refused.count(None)) == (1, 1)


def test_a_slip_is_posted_or_explained_and_never_both(place, loan):
    check_accounted_once(one_slip(place, loan))


def test_a_slip_is_posted_or_explained_control(place, loan, monkeypatch):
    """Where nobody locks the book both look before either writes, and both write."""
    looked = threading.Barrier(2)

    def both(look):
        def look_together(*args, **facts):
            found = look(*args, **facts)
            looked.wait(timeout=60)
            return found

        return look_together

    monkeypatch.setattr(books, "hold_for", lambda _slip, **_at: None)
    monkeypatch.setattr(books, "hold", ReceiptBook.objects.get)
    monkeypatch.setattr(books, "fault_of", both(books.fault_of))
    monkeypatch.setattr(books, "numbers_used", both(books.numbers_used))

    refused = one_slip(place, loan)

    with pytest.raises(AssertionError):
        check_accounted_once(refused)


def test_cashiers_of_two_branches_pay_one_loan_at_once(place, loan):
    """Each takes slips of the own branch's book 118: all count, none is lost, and the sums are those of the rows."""
    other = staff_of(branch_of(place.product.partner))

    def post(by):
        def all_of_them():
            for number in range(1, EACH + 1):
                receipts.post_receipt(loan=loan, amount=100, received_on=DAY, book=118, number=number, by=by)

        return all_of_them

    assert together(post(place.staff.cashier), post(other.cashier)) == [None, None]

    loan.refresh_from_db()
    assert (loan.paid_total, list(Loan.objects.unbalanced())) == (100 * 2 * EACH, [])
    taken = LedgerEntry.objects.order_by().values_list("branch", "number")
    assert len(set(taken)) == LedgerEntry.objects.count() == 2 * EACH

"""Promise 8: a receipt counts once, for ever. 40 real connections post at once, five times each."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, connections, transaction

from loans.actions import ledger, receipts
from loans.actions.receipts import SlipTakenError
from loans.models import LedgerEntry, Loan
from tests.factories.loans import LedgerEntryFactory, LoanFactory, disbursed, lender

CONNECTIONS, EACH = 40, 5
DAY = dt.date(2026, 10, 7)

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def together(act, number=CONNECTIONS):
    """Run `act(place)` on so many connections, all from the same moment; return what each gave back."""
    start = threading.Barrier(number)

    def run(place):
        try:
            start.wait(timeout=60)
            return act(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def loans_at_one_branch(number):
    place = lender()
    loans = [
        LoanFactory(principal=60_000, application=disbursed(amount=60_000, product=place.product, branch=place.branch))
        for _loan in range(number)
    ]
    return place.staff.cashier, loans


@pytest.fixture
def all_look_before_anybody_writes(monkeypatch):
    """Whoever looks for the first time whether a slip is free waits until everybody has looked.

    For loans of their own alone: of one loan its lock lets one look at a time.
    """
    looked, mine = threading.Barrier(CONNECTIONS), threading.local()
    look = receipts.check_receipt

    def look_together(loan, **facts):
        look(loan, **facts)
        if not hasattr(mine, "looked"):
            mine.looked = looked.wait(timeout=60)

    monkeypatch.setattr(receipts, "check_receipt", look_together)


def post_the_same_slip(loans, by):
    """Everybody posts slip 118/0802 five times, each for their loan: who was named in the refusals."""

    def post(place):
        named = []
        for _time in range(EACH):
            try:
                facts = {"amount": 1000, "received_on": DAY, "book": 118, "number": 802, "by": by}
                receipts.post_receipt(loan=loans[place % len(loans)], **facts)
            except SlipTakenError as refusal:
                named.append(refusal.first.pk)
        return named

    return [pk for named in together(post) for pk in named]


def check_once(named):
    """One posting, and every refusal names it."""
    posted = list(LedgerEntry.objects.values_list("pk", flat=True))
    assert (len(posted), set(named), len(named)) == (1, set(posted), CONNECTIONS * EACH - 1)
    assert sum(Loan.objects.values_list("paid_total", flat=True)) == 1000


def test_one_slip_posted_200_times_for_one_loan_counts_once():
    by, loans = loans_at_one_branch(1)

    check_once(post_the_same_slip(loans, by))


@pytest.mark.usefixtures("all_look_before_anybody_writes")
def test_one_slip_posted_200_times_for_40_loans_counts_once():
    by, loans = loans_at_one_branch(CONNECTIONS)

    check_once(post_the_same_slip(loans, by))


@pytest.mark.usefixtures("all_look_before_anybody_writes")
def test_one_slip_control_without_the_constraint_fails():
    by, loans = loans_at_one_branch(CONNECTIONS)
    constraint = next(found for found in LedgerEntry._meta.constraints if found.name == "loans_slip_once")
    with connection.schema_editor() as schema:
        schema.remove_constraint(LedgerEntry, constraint)
    try:
        named = post_the_same_slip(loans, by)

        with pytest.raises(AssertionError):
            check_once(named)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE loans_ledgerentry CASCADE")
        with connection.schema_editor() as schema:
            schema.add_constraint(LedgerEntry, constraint)


def post_different_slips(loan, by):
    def post(place):
        for time in range(EACH):
            number = place * EACH + time + 1
            receipts.post_receipt(loan=loan, amount=100, received_on=DAY, book=118, number=number, by=by)

    together(post)


def check_balance(loan):
    loan.refresh_from_db()
    assert (loan.paid_total, list(Loan.objects.unbalanced())) == (100 * CONNECTIONS * EACH, [])
    assert LedgerEntry.objects.count() == CONNECTIONS * EACH


def test_200_receipts_for_one_loan_at_once_all_count():
    by, (loan,) = loans_at_one_branch(1)

    post_different_slips(loan, by)

    check_balance(loan)


def test_200_receipts_control_without_the_lock_fails(monkeypatch):
    """Without the row lock totals are read, added to and written back over each other."""
    by, (loan,) = loans_at_one_branch(1)
    monkeypatch.setattr(ledger, "hold_loan", lambda loan: Loan.objects.get(pk=loan.pk))

    post_different_slips(loan, by)

    with pytest.raises(AssertionError):
        check_balance(loan)


def two_tellers(first, then):
    """Two transactions on one loan, each of which does both things in this order: what the database said.

    Keys are checked at once, as they are wherever they are not deferred: an insert shares a lock on its loan.
    """
    by, (loan,) = loans_at_one_branch(1)
    entries = [LedgerEntryFactory.build(loan=loan, branch=loan.branch, by=by, number=place + 1) for place in range(2)]
    both = threading.Barrier(2)

    def post(place):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                first(loan, entries[place])
                if first is insert:
                    both.wait(timeout=10)
                then(loan, entries[place])
        except OperationalError as error:
            return str(error).partition("\n")[0]
        return None

    return [said for said in together(post, 2) if said]


def insert(_loan, entry):
    entry.save(force_insert=True)


def lock(loan, _entry):
    ledger.hold_loan(loan)


def lock_wholly(loan, _entry):
    Loan.objects.select_for_update().get(pk=loan.pk)


def test_locking_before_inserting_never_deadlocks():
    assert two_tellers(lock, insert) == []


def test_locking_control_inserting_first_deadlocks():
    with pytest.raises(AssertionError, match="deadlock detected"):
        assert two_tellers(insert, lock_wholly) == []

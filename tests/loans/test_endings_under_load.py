"""Two people end a loan at once, or one forgives while another takes money: one of them is told, and books balance."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connections
from django.utils import timezone

from loans.actions import endings, ledger, misfortunes, receipts
from loans.effects import Kind
from loans.models import LedgerEntry, Loan, Misfortune
from tests.factories.loans import LENT_ON, LoanFactory, MisfortuneFactory, disbursed, lender, proposed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def together(*acts):
    """Run them on a connection each, from the same moment; what each was told, or nothing."""
    start = threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=60)
            act()
        except (ValidationError, IntegrityError) as refusal:
            return type(refusal)
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def nobody_locks(monkeypatch):
    """Both look at the loan before either writes."""
    looked = threading.Barrier(2)

    def look(loan):
        found = Loan.objects.get(pk=loan.pk)
        looked.wait(timeout=60)
        return found

    monkeypatch.setattr(ledger, "hold_loan", look)
    monkeypatch.setattr(misfortunes, "hold_all", look)


def given(place):
    application = disbursed(product=place.product, branch=place.branch, disbursed_by=place.staff.cashier)
    loan = LoanFactory(application=application, first_due_on=timezone.localdate() + dt.timedelta(days=20))
    facts = {"amount": 6000, "by": place.staff.cashier, "received_on": LENT_ON}
    ledger.write(loan, Kind.DISBURSEMENT, instrument="CHQ 1", **facts)
    return loan


def give_back_twice():
    place = lender()
    loan = given(place)

    def give_back(by):
        return lambda: endings.give_back(loan=loan, reason="Ill", paper="Sheet 4", by=by)

    told = together(give_back(place.staff.manager), give_back(place.staff.area))
    return sorted(told, key=str), LedgerEntry.objects.filter(kind=Kind.REVERSAL).count()


def test_given_back_by_two_at_once_counts_once_and_the_second_is_told():
    told, rows = give_back_twice()

    assert (set(told), rows) == ({None, ValidationError}, 1)


@pytest.mark.usefixtures("nobody_locks")
def test_given_back_control_without_the_lock_the_database_alone_refuses():
    told, rows = give_back_twice()

    with pytest.raises(AssertionError):
        assert (set(told), rows) == ({None, ValidationError}, 1)


def forgive_while_money_comes():
    """All of it is to be forgiven, and somebody pays a part in the same moment."""
    place = lender()
    loan = given(place)
    misfortune = MisfortuneFactory(loan=loan, **proposed(verified_by=place.staff.officer))
    today = timezone.localdate()

    def waive():
        misfortunes.waive(misfortune=misfortune, version=0, by=place.staff.manager)

    def pay():
        facts = {"amount": 1000, "received_on": today, "book": 1, "number": 1, "by": place.staff.cashier}
        receipts.post_receipt(loan=loan, **facts)

    return together(waive, pay), loan


def check_one_of_both(told, loan):
    after = Loan.objects.get(pk=loan.pk)
    assert sorted(told, key=str) == sorted([None, ValidationError], key=str)
    assert (after.paid_total, after.waived_total) in {(1000, 0), (0, 6000)}
    assert list(Loan.objects.unbalanced()) == []


def test_forgiven_while_money_comes_one_of_both_is_told():
    check_one_of_both(*forgive_while_money_comes())


@pytest.mark.usefixtures("nobody_locks")
def test_forgiven_control_without_the_lock_both_are_written():
    found = forgive_while_money_comes()

    with pytest.raises(AssertionError):
        check_one_of_both(*found)


def told_of_both_loans(monkeypatch):
    """One borrower, two loans, and two colleagues who write the same death down, each at another of the loans."""
    place = lender()
    loans = [given(place), given(place)]
    Loan.objects.update(person=loans[0].person_id)
    held = threading.Barrier(2)

    def wait_for_the_other(_loan):
        with suppress(threading.BrokenBarrierError):
            held.wait(timeout=2)

    monkeypatch.setattr(misfortunes, "visitor_of", wait_for_the_other)
    facts = {"kind": "death", "happened_on": timezone.localdate(), "told_by": "Her brother"}

    def tell(loan, by):
        return lambda: misfortunes.report(loan=Loan.objects.get(pk=loan.pk), by=by, **facts)

    return together(tell(loans[0], place.staff.cashier), tell(loans[1], place.staff.manager))


def test_told_of_two_loans_at_once_the_second_is_told_who_wrote_it_first(monkeypatch):
    told = told_of_both_loans(monkeypatch)

    assert (set(told), Misfortune.objects.count()) == ({None, ValidationError}, 1)
    assert Loan.objects.filter(frozen_for=Misfortune.objects.get()).count() == 2


def test_told_control_each_holding_one_loan_they_wait_for_each_other(monkeypatch):
    monkeypatch.setattr(misfortunes, "hold_all", ledger.hold_loan)

    with pytest.raises(OperationalError, match="deadlock"):
        told_of_both_loans(monkeypatch)

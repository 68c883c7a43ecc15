"""Promise 9: books balance. Random operations on a loan against a plain model of it: difference 0."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from loans.actions import ledger, receipts
from loans.actions.receipts import SlipTakenError
from loans.effects import EFFECTS, Effect, Kind
from loans.models import Loan
from loans.schedule import instalment_of, next_due, spread
from tests.factories.loans import LoanFactory, disbursed, lender
from tests.thorough import examples

DAY = dt.date(2026, 10, 7)
AMOUNTS = st.integers(1, 4000)


class Ledger(RuleBasedStateMachine):
    """The model is a list of what stands: [slip, amount, entry], and what was waived and written off."""

    def __init__(self):
        super().__init__()
        place = lender()
        self.cashier, self.manager = place.staff.cashier, place.staff.manager
        application = disbursed(amount=5000, months=7, product=place.product, branch=place.branch)
        amount = instalment_of(5000, 7, multiple=10)
        facts = {"principal": 5000, "count": 7, "instalment": amount, "multiple": 10}
        self.loan = LoanFactory(application=application, first_due_on=dt.date(2027, 1, 31), **facts)
        self.plan = spread(5000, amount, 7, dt.date(2027, 1, 31))
        self.standing, self.undone, self.used = [], [], 0
        self.paid = self.written_off = 0

    @property
    def left(self):
        return 5000 - self.paid - self.written_off

    def post(self, amount, *, number, correction=0):
        facts = {"received_on": DAY, "book": 118, "number": number, "correction": correction, "by": self.cashier}
        with transaction.atomic():
            return receipts.post_receipt(loan=self.loan, amount=amount, **facts)

    def refused(self, act, error=ValidationError):
        with pytest.raises(error), transaction.atomic():
            act()

    @rule(amount=AMOUNTS)
    def take_money(self, amount):
        self.used += 1
        if self.written_off or amount > self.left:
            self.refused(lambda: self.post(amount, number=self.used))
            return
        entry = self.post(amount, number=self.used)
        self.standing.append([(self.used, 0), amount, entry])
        self.paid += amount

    @precondition(lambda self: self.standing or self.undone)
    @rule(data=st.data(), amount=AMOUNTS)
    def take_the_same_slip_again(self, data, amount):
        (number, correction), _amount, first = data.draw(st.sampled_from(self.standing + self.undone))
        with pytest.raises(SlipTakenError) as refusal, transaction.atomic():
            self.post(amount, number=number, correction=correction)
        assert refusal.value.first == first

    @precondition(lambda self: self.standing and not self.written_off)
    @rule(data=st.data())
    def reverse(self, data):
        chosen = data.draw(st.sampled_from(self.standing))
        receipts.reverse_receipt(entry=chosen[2], reason="Wrong", by=self.manager)
        self.standing.remove(chosen)
        self.undone.append(chosen)
        self.paid -= chosen[1]

    @precondition(lambda self: self.undone)
    @rule(data=st.data())
    def reverse_again(self, data):
        entry = data.draw(st.sampled_from(self.undone))[2]
        self.refused(lambda: receipts.reverse_receipt(entry=entry, reason="Wrong", by=self.manager))

    @precondition(lambda self: self.undone and not self.written_off and self.left)
    @rule(data=st.data())
    def correct(self, data):
        slips = {slip for slip, _amount, _entry in self.standing + self.undone}
        open_to_it = [slip for slip, _amount, _entry in self.undone if (slip[0], slip[1] + 1) not in slips]
        if not open_to_it:
            return
        number, correction = data.draw(st.sampled_from(open_to_it))
        amount = data.draw(st.integers(1, self.left))
        entry = self.post(amount, number=number, correction=correction + 1)
        self.standing.append([(number, correction + 1), amount, entry])
        self.paid += amount

    @precondition(lambda self: self.left and not self.written_off and self.used > 3)
    @rule()
    def write_off(self):
        amount = self.left
        self.write(Kind.WRITE_OFF, amount)
        self.written_off = amount

    @precondition(lambda self: self.written_off)
    @rule(data=st.data())
    def recover(self, data):
        amount = data.draw(st.integers(1, self.written_off))
        self.used += 1
        self.write(Kind.RECOVERY, amount, book=118, number=self.used, correction=0)
        self.paid += amount
        self.written_off -= amount

    def write(self, kind, amount, **facts):
        with transaction.atomic():
            held = ledger.hold_loan(self.loan)
            ledger.write(held, kind, amount=amount, by=self.cashier, received_on=DAY, **facts)

    @invariant()
    def every_total_is_the_sum_of_its_rows(self):
        assert list(Loan.objects.filter(pk=self.loan.pk).unbalanced()) == []

    @invariant()
    def the_loan_says_what_the_model_says(self):
        loan = Loan.objects.get(pk=self.loan.pk)
        has_ended = self.left == 0
        assert {
            "paid": loan.paid_total,
            "written off": loan.written_off_total,
            "left": loan.balance,
            "ended": loan.ended_on is not None,
            "next due": loan.next_due_on,
        } == {
            "paid": self.paid,
            "written off": self.written_off,
            "left": self.left,
            "ended": has_ended,
            "next due": None if has_ended else next_due(self.plan, self.paid),
        }


FEW = settings(
    max_examples=examples(8),
    stateful_step_count=20,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_books_balance_whatever_happens():
    run_state_machine_as_test(Ledger, settings=FEW)


@pytest.mark.django_db
def test_books_control_a_reversal_without_effect_is_found(monkeypatch):
    monkeypatch.setattr(ledger, "effect_of", lambda kind, _undoes="": EFFECTS.get(kind, Effect()))

    with pytest.raises(AssertionError, match=r"== \[\]"):
        run_state_machine_as_test(Ledger, settings=settings(FEW, phases=[Phase.generate]))

"""Promise 9: books balance. Random operations on a loan against a plain model of it: difference 0."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from loans.actions import endings, ledger, misfortunes, receipts
from loans.actions.receipts import SlipTakenError
from loans.effects import EFFECTS, Effect, Kind
from loans.models import Loan
from loans.schedule import instalment_of, next_due, spread
from tests.factories.loans import LoanFactory, disbursed, head_of, lender
from tests.thorough import examples

DAY = dt.date(2026, 10, 7)
AMOUNTS = st.integers(1, 4000)


class Ledger(RuleBasedStateMachine):
    """The model: receipts that stand as [slip, amount, entry], what was waived, and how the loan stands."""

    def __init__(self):
        super().__init__()
        place = lender()
        self.cashier, self.manager, self.officer = place.staff.cashier, place.staff.manager, place.staff.officer
        self.head = head_of(place)
        application = disbursed(amount=5000, months=7, product=place.product, branch=place.branch)
        amount = instalment_of(5000, 7, multiple=10)
        facts = {"principal": 5000, "count": 7, "instalment": amount, "multiple": 10}
        self.loan = LoanFactory(application=application, first_due_on=dt.date(2027, 1, 31), **facts)
        self.write(Kind.DISBURSEMENT, 5000, instrument="CHQ 1")
        self.plan = spread(5000, amount, 7, dt.date(2027, 1, 31))
        self.standing, self.undone, self.used = [], [], 0
        self.paid = self.waived = 0
        self.is_off = self.is_cancelled = False
        self.misfortune = None

    @property
    def owed(self):
        return 0 if self.is_cancelled else 5000 - self.paid - self.waived

    @property
    def runs(self):
        return self.owed > 0 and not self.is_off

    def post(self, amount, *, number, correction=0):
        facts = {"received_on": DAY, "book": 118, "number": number, "correction": correction, "by": self.cashier}
        with transaction.atomic():
            return receipts.post_receipt(loan=self.loan, amount=amount, **facts)

    def refused(self, act, error=ValidationError):
        with pytest.raises(error), transaction.atomic():
            act()

    @rule(amount=AMOUNTS)
    def take_money(self, amount):
        """Before a write-off and after it, by the same verb."""
        self.used += 1
        if amount > self.owed:
            self.refused(lambda: self.post(amount, number=self.used))
            return
        entry = self.post(amount, number=self.used)
        assert entry.kind == (Kind.RECOVERY if self.is_off else Kind.REPAYMENT)
        self.standing.append([(self.used, 0), amount, entry])
        self.paid += amount

    @precondition(lambda self: self.standing or self.undone)
    @rule(data=st.data(), amount=AMOUNTS)
    def take_the_same_slip_again(self, data, amount):
        (number, correction), _amount, first = data.draw(st.sampled_from(self.standing + self.undone))
        with pytest.raises(SlipTakenError) as refusal, transaction.atomic():
            self.post(amount, number=number, correction=correction)
        assert refusal.value.first == first

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def reverse(self, data):
        chosen = data.draw(st.sampled_from(self.standing))

        def undo():
            receipts.reverse_receipt(entry=chosen[2], reason="Wrong", by=self.manager)

        if self.is_off and chosen[2].kind == Kind.REPAYMENT:
            self.refused(undo)
            return
        undo()
        self.standing.remove(chosen)
        self.undone.append(chosen)
        self.paid -= chosen[1]

    @precondition(lambda self: self.undone)
    @rule(data=st.data())
    def reverse_again(self, data):
        entry = data.draw(st.sampled_from(self.undone))[2]
        self.refused(lambda: receipts.reverse_receipt(entry=entry, reason="Wrong", by=self.manager))

    @precondition(lambda self: self.undone and self.owed)
    @rule(data=st.data())
    def correct(self, data):
        slips = {slip for slip, _amount, _entry in self.standing + self.undone}
        open_to_it = [slip for slip, _amount, _entry in self.undone if (slip[0], slip[1] + 1) not in slips]
        if not open_to_it:
            return
        number, correction = data.draw(st.sampled_from(open_to_it))
        amount = data.draw(st.integers(1, self.owed))
        entry = self.post(amount, number=number, correction=correction + 1)
        self.standing.append([(number, correction + 1), amount, entry])
        self.paid += amount

    @precondition(lambda self: self.used > 3)
    @rule()
    def write_off(self):
        def give_up():
            endings.write_off(loan=self.loan, reason="Moved away", by=self.head)

        if not self.runs or self.misfortune:
            self.refused(give_up)
            return
        give_up()
        self.is_off = True

    @precondition(lambda self: self.used > 2)
    @rule()
    def give_back(self):
        def cancel():
            endings.give_back(loan=self.loan, reason="Ill", paper="Sheet 4", by=self.manager)

        if not self.runs or self.misfortune or self.paid or self.waived:
            self.refused(cancel)
            return
        cancel()
        self.is_cancelled = True

    @precondition(lambda self: not self.misfortune)
    @rule()
    def report(self):
        def tell():
            facts = {"kind": "disability", "happened_on": DAY, "told_by": "Her son", "by": self.cashier}
            return misfortunes.report(loan=self.loan, **facts)

        if self.runs:
            self.misfortune = tell()
        else:
            self.refused(tell)

    @precondition(lambda self: self.misfortune)
    @rule()
    def take_back(self):
        misfortunes.end(
            misfortune=self.misfortune, version=self.misfortune.version, ending="wrong", reason="-", by=self.manager
        )
        self.misfortune = None

    @precondition(lambda self: self.misfortune and self.runs)
    @rule(data=st.data())
    def waive(self, data):
        amount = data.draw(st.integers(1, self.owed))
        facts = {"visited_on": timezone.localdate(), "whom_met": "Her son", "by": self.officer}
        seen = misfortunes.record_visit(misfortune=self.misfortune, version=self.misfortune.version, **facts)
        facts = {"ground": "less_work", "paper": "disability", "paper_number": "7", "by": self.officer}
        proposed = misfortunes.propose(misfortune=seen, version=seen.version, amount=amount, **facts)
        misfortunes.waive(misfortune=proposed, version=proposed.version, by=self.manager)
        self.misfortune = None
        self.waived += amount

    def left_of_plan(self):
        """What is waived falls away from the end; everything before stays as it was agreed."""
        to_waive, left = self.waived, []
        for instalment in reversed(self.plan):
            off = min(to_waive, instalment.amount)
            to_waive -= off
            if off < instalment.amount:
                left.insert(0, instalment._replace(amount=instalment.amount - off))
        return left

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
        left = self.left_of_plan()
        assert {
            "paid": loan.paid_total,
            "waived": loan.waived_total,
            "written off": loan.written_off_total,
            "owed": loan.owed,
            "runs": loan.is_live,
            "rests": loan.is_frozen,
            "next due": loan.next_due_on,
        } == {
            "paid": self.paid,
            "waived": self.waived,
            "written off": self.owed if self.is_off else 0,
            "owed": self.owed,
            "runs": self.runs,
            "rests": self.misfortune is not None,
            "next due": next_due(left, self.paid) if self.runs else None,
        }
        if self.runs:
            assert loan.instalments() == left


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

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from journal.models import Event
from loans.actions import ledger, receipts
from loans.actions.receipts import SlipTakenError
from loans.effects import EFFECTS, Effect, Kind, effect_of
from loans.models import LedgerEntry, Loan
from messaging.models import Message
from tests.factories.accounts import AppointmentFactory
from tests.factories.loans import LoanFactory, disbursed, lender

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 7)


@pytest.fixture
def place():
    return lender()


def loan_at(place, **attributes):
    return LoanFactory(application=disbursed(product=place.product, branch=place.branch), **attributes)


def post(place, loan, **attributes):
    facts = {"amount": 1000, "received_on": DAY, "book": 118, "number": 802, "by": place.staff.cashier}
    return receipts.post_receipt(loan=loan, **(facts | attributes))


def reverse(place, entry, **attributes):
    facts = {"reason": "Wrong borrower", "by": place.staff.manager}
    return receipts.reverse_receipt(entry=entry, **(facts | attributes))


def standing(loan):
    fresh = Loan.objects.get(pk=loan.pk)
    return fresh.paid_total, fresh.next_due_on, fresh.ended_on


def events_about(loan):
    found = Event.objects.filter(target_label="loans.loan", target_id=loan.pk)
    return list(found.order_by("id").values_list("name", flat=True))


def problems(refusal):
    error = refusal.value
    return error.message_dict if hasattr(error, "error_dict") else error.messages


def test_effects_know_every_kind():
    assert set(EFFECTS) == set(Kind) - {Kind.REVERSAL}
    assert effect_of("repayment") == Effect(paid_total=1)
    assert effect_of("reversal", undoes="recovery") == Effect(paid_total=-1, written_off_total=1)


def test_post_receipt_pays_an_instalment(place):
    loan = loan_at(place)
    today = timezone.localdate()

    entry = post(place, loan)

    assert standing(loan) == (1000, dt.date(2026, 11, 7), None)
    assert [entry.kind, entry.amount, entry.received_on, entry.posted_on, entry.by, str(entry.slip)] == [
        "repayment", 1000, DAY, today, place.staff.cashier, "118/0802"
    ]  # fmt: skip
    assert entry.loan.next_due_on == dt.date(2026, 11, 7)


def test_post_receipt_tells_the_borrower_and_leaves_no_event(place):
    entry = post(place, loan_at(place))

    message = Message.objects.get(kind="loans.receipt")
    assert [message.target_id, message.person_id] == [entry.pk, entry.loan.person_id]
    assert Event.objects.count() == 0


def test_post_receipt_of_part_of_an_instalment(place):
    loan = loan_at(place)

    post(place, loan, amount=999)

    assert standing(loan) == (999, DAY, None)


def test_post_receipt_that_pays_the_last_rupee_ends_the_loan(place):
    loan = loan_at(place)

    post(place, loan, amount=6000)

    fresh = Loan.objects.get(pk=loan.pk)
    event = Event.objects.get(name="loans.completed")
    assert [fresh.ended_on, fresh.ended_as, fresh.next_due_on] == [timezone.localdate(), "repaid", None]
    assert (event.data, event.enterprise_id, event.person_id) == ({"loan": loan.pk}, loan.enterprise_id, loan.person_id)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": 6001}, {"amount": ["Only Rs 6,000 is left to pay. Take that, and give back the rest."]}),
        ({"received_on": dt.date(2026, 9, 9)}, {"received_on": ["The loan had not been paid out on this day."]}),
        ({"received_on": dt.date(2999, 1, 1)}, {"received_on": ["This day is still to come."]}),
        (
            {"amount": 6001, "received_on": dt.date(2999, 1, 1)},
            {
                "amount": ["Only Rs 6,000 is left to pay. Take that, and give back the rest."],
                "received_on": ["This day is still to come."],
            },
        ),
    ],
)
def test_post_receipt_refuses_what_cannot_be(place, wrong, said):
    loan = loan_at(place)

    with pytest.raises(ValidationError) as refusal:
        post(place, loan, **wrong)

    assert problems(refusal) == said
    assert standing(loan) == (0, DAY, None)


def test_post_receipt_on_a_loan_that_ended(place):
    loan = loan_at(place)
    post(place, loan, amount=6000)

    with pytest.raises(ValidationError) as refusal:
        post(place, loan, number=803)

    assert problems(refusal) == {"__all__": ["Nothing is left to pay on this loan."]}


def test_post_receipt_by_another_branch(place):
    with pytest.raises(PermissionDenied):
        post(place, loan_at(place), by=lender().staff.cashier)


@pytest.mark.parametrize("again", [{}, {"amount": 4000}, {"received_on": dt.date(2026, 10, 8)}])
def test_post_receipt_of_the_same_slip_names_the_first(place, again):
    loan = loan_at(place)
    first = post(place, loan)

    with pytest.raises(SlipTakenError) as refusal:
        post(place, loan, **again)

    at = timezone.localtime(first.entered_at)
    assert refusal.value.first == first
    assert refusal.value.messages[0].startswith(
        f"Slip 118/0802 was posted already: Rs 1,000 for loan {loan.reference}, by Cashier, "
    )
    assert f"{at.day} {at:%b} {at.year}" in refusal.value.messages[0]
    assert standing(loan) == (1000, dt.date(2026, 11, 7), None)


def test_post_receipt_of_the_same_slip_for_another_loan(place):
    first = post(place, loan_at(place))
    other = loan_at(place)

    with pytest.raises(SlipTakenError) as refusal:
        post(place, other)

    assert refusal.value.first == first
    assert standing(other) == (0, DAY, None)


def test_post_receipt_of_the_same_slip_400_days_later(place):
    loan = loan_at(place)
    long_ago = timezone.now() - dt.timedelta(days=400)
    held = ledger.hold_loan(loan)
    first = ledger.write(
        held, Kind.REPAYMENT, amount=1000, by=place.staff.cashier, received_on=long_ago.date(), entered_at=long_ago,
        book=118, number=802, correction=0,
    )  # fmt: skip

    with pytest.raises(SlipTakenError) as refusal:
        post(place, loan)

    assert refusal.value.first == first


def test_post_receipt_of_the_same_number_at_another_branch(place):
    elsewhere = lender()
    post(place, loan_at(place))

    post(elsewhere, loan_at(elsewhere))

    assert LedgerEntry.objects.filter(book=118, number=802).count() == 2


def test_post_receipt_lets_other_faults_of_the_database_through(place):
    """Forms refuse an amount of nought; if one came all the same, the constraint would."""
    with pytest.raises(IntegrityError, match="loans_ledger_moves_money"):
        post(place, loan_at(place), amount=0)


# Reversing


def test_reverse_receipt_opens_again_what_it_paid(place):
    loan = loan_at(place)
    entry = post(place, loan)

    reversal = reverse(place, entry)

    assert standing(loan) == (0, DAY, None)
    assert [reversal.kind, reversal.amount, reversal.reverses, reversal.undoes, reversal.undoes_by, reversal.by] == [
        "reversal", 1000, entry, "repayment", place.staff.cashier, place.staff.manager
    ]  # fmt: skip
    assert Message.objects.get(kind="loans.receipt_reversed").target_id == reversal.pk
    assert events_about(loan) == []


def test_reverse_receipt_opens_a_loan_that_it_had_ended(place):
    loan = loan_at(place)
    entry = post(place, loan, amount=6000)

    reverse(place, entry)

    fresh = Loan.objects.get(pk=loan.pk)
    assert [fresh.ended_on, fresh.ended_as, fresh.next_due_on, fresh.balance] == [None, "", DAY, 6000]
    assert events_about(loan) == ["loans.completed", "loans.reopened"]


def test_reverse_receipt_by_who_posted_it(place):
    entry = post(place, loan_at(place))
    AppointmentFactory(user=place.staff.cashier, role=Role.BRANCH_MANAGER, office=place.branch)

    with pytest.raises(PermissionDenied):
        reverse(place, entry, by=User.objects.get(pk=entry.by_id))


def test_reverse_receipt_twice_names_the_first(place):
    entry = post(place, loan_at(place))
    reverse(place, entry)

    with pytest.raises(ValidationError) as refusal:
        reverse(place, entry, by=place.staff.area)

    assert problems(refusal)[0].startswith("Slip 118/0802 was reversed already, by Branch manager, ")


def test_reverse_receipt_of_a_reversal(place):
    reversal = reverse(place, post(place, loan_at(place)))

    with pytest.raises(ValidationError) as refusal:
        reverse(place, reversal, by=place.staff.area)

    assert problems(refusal) == ["Only a receipt can be reversed here."]


# Correcting


def test_correction_takes_the_place_of_a_reversed_slip(place):
    loan = loan_at(place)
    reverse(place, post(place, loan))

    corrected = post(place, loan, amount=1500, correction=1)

    assert str(corrected.slip) == "118/0802 (2)"
    assert standing(loan) == (1500, dt.date(2026, 11, 7), None)


def test_correction_before_the_slip_is_reversed(place):
    loan = loan_at(place)
    post(place, loan)

    with pytest.raises(ValidationError) as refusal:
        post(place, loan, correction=1)

    assert problems(refusal) == ["A slip is corrected after it was reversed, and not before."]


def test_correction_of_a_correction_waits_its_turn(place):
    loan = loan_at(place)
    reverse(place, post(place, loan))

    with pytest.raises(ValidationError) as refusal:
        post(place, loan, correction=2)

    assert problems(refusal) == ["A slip is corrected after it was reversed, and not before."]


def test_slip_that_was_reversed_is_not_free_again(place):
    loan = loan_at(place)
    first = post(place, loan)
    reverse(place, first)

    with pytest.raises(SlipTakenError) as refusal:
        post(place, loan)

    assert refusal.value.first == first


# Other kinds of rows, written through the same door


def write(loan, kind, amount, by, **facts):
    return ledger.write(ledger.hold_loan(loan), kind, amount=amount, by=by, received_on=DAY, **facts)


def test_write_off_ends_the_loan_and_recovery_moves_it_to_paid(place):
    loan = loan_at(place)
    post(place, loan)

    write(loan, Kind.WRITE_OFF, 5000, place.staff.area)
    written_off = Loan.objects.get(pk=loan.pk)
    write(loan, Kind.RECOVERY, 2000, place.staff.cashier, book=118, number=900, correction=0)
    partly = Loan.objects.get(pk=loan.pk)
    write(loan, Kind.RECOVERY, 3000, place.staff.cashier, book=118, number=901, correction=0)
    whole = Loan.objects.get(pk=loan.pk)

    totals = [
        (row.paid_total, row.written_off_total, row.ended_as, row.next_due_on) for row in (written_off, partly, whole)
    ]
    assert totals == [(1000, 5000, "written_off", None), (3000, 3000, "written_off", None), (6000, 0, "repaid", None)]
    assert Loan.objects.unbalanced().filter(pk=loan.pk).count() == 0


def test_waiver_of_the_rest_ends_the_loan(place):
    loan = loan_at(place)
    post(place, loan)

    write(loan, Kind.WAIVER, 5000, place.staff.area)

    fresh = Loan.objects.get(pk=loan.pk)
    assert [fresh.waived_total, fresh.ended_as, fresh.next_due_on] == [5000, "waived", None]


def test_unbalanced_finds_a_total_that_is_not_its_sum(place):
    loan = loan_at(place)
    post(place, loan)
    assert list(Loan.objects.unbalanced()) == []

    Loan.objects.filter(pk=loan.pk).update(paid_total=1001)

    assert list(Loan.objects.unbalanced()) == [loan]


def test_a_slip_posted_for_another_loan_at_the_very_moment_is_refused_by_name(place, monkeypatch):
    loan, other = loan_at(place), loan_at(place)
    look = receipts.refuse_used

    def look_too_early(slip, *, branch_id):
        """The first look finds nothing; somebody else is quicker, between the look and the writing."""
        monkeypatch.setattr(receipts, "refuse_used", look)
        look(slip, branch_id=branch_id)
        post(place, other)

    monkeypatch.setattr(receipts, "refuse_used", look_too_early)
    with pytest.raises(SlipTakenError) as refusal:
        post(place, loan)

    assert refusal.value.first.loan == other

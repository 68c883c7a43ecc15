"""The money given back, the loan written off, and what is paid afterwards."""

import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from journal.models import Event
from loans.actions import endings, ledger, receipts
from loans.effects import Kind
from loans.models import LedgerEntry, Loan
from loans.pages.loan import gather
from loans.purse import purses
from loans.statement import as_of
from messaging.models import Message
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.loans import LENT_ON, LoanFactory, MisfortuneFactory, disbursed, head_of, lender

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def place():
    return lender()


def loan_at(place, **attributes):
    """A loan whose money the cashier gave."""
    application = disbursed(product=place.product, branch=place.branch, disbursed_by=place.staff.cashier)
    loan = LoanFactory(application=application, **attributes)
    facts = {"amount": loan.principal, "by": place.staff.cashier, "received_on": LENT_ON}
    ledger.write(loan, Kind.DISBURSEMENT, instrument="CHQ 1", **facts)
    return loan


def give_back(place, loan, **facts):
    return endings.give_back(
        loan=loan, **({"reason": "Her husband fell ill", "paper": "Sheet 4", "by": place.staff.manager} | facts)
    )


def write_off(place, loan, **facts):
    return endings.write_off(loan=loan, **({"reason": "Moved away", "by": head_of(place)} | facts))


def pay(place, loan, amount=1000, number=1):
    facts = {"received_on": TODAY(), "book": 1, "number": number, "by": place.staff.cashier}
    return receipts.post_receipt(loan=loan, amount=amount, **facts)


def fresh(loan):
    return Loan.objects.get(pk=loan.pk)


# Given back


def test_money_that_came_back_cancels_the_loan_and_is_the_funds_again(place):
    loan = loan_at(place)
    before = purses([loan.scheme])[loan.scheme_id].left

    row = give_back(place, loan)

    after = fresh(loan)
    assert (after.ended_as, after.ended_on, after.balance, after.next_due_on) == ("cancelled", TODAY(), 0, None)
    assert (row.undoes, row.reason, row.by) == ("disbursement", "Her husband fell ill (Sheet 4)", place.staff.manager)
    assert purses([loan.scheme])[loan.scheme_id].left == before + loan.principal
    assert Message.objects.get(kind="loans.given_back").person_id == loan.person_id
    assert Event.objects.get(name="loans.given_back").data == {"amount": 6000}
    assert list(Loan.objects.unbalanced()) == []


def test_who_gave_it_does_not_write_that_it_came_back(place):
    loan = loan_at(place)
    loan.application.disbursed_by = place.staff.manager
    loan.application.save()

    with pytest.raises(PermissionDenied):
        give_back(place, loan)


def test_who_wrote_the_row_does_not_undo_it(place):
    loan = LoanFactory(application=disbursed(product=place.product, branch=place.branch))
    ledger.write(loan, Kind.DISBURSEMENT, amount=6000, by=place.staff.manager, received_on=LENT_ON, instrument="CHQ 1")

    with pytest.raises(PermissionDenied):
        give_back(place, loan)


def test_given_back_twice(place):
    loan = loan_at(place)
    give_back(place, loan)

    with pytest.raises(ValidationError, match="This loan has ended"):
        give_back(place, loan)


@pytest.mark.parametrize(("state", "said"), [("paid", "Something is paid already"), ("rests", "The loan rests")])
def test_money_that_cannot_come_back_whole(place, state, said):
    loan = loan_at(place)
    if state == "paid":
        pay(place, loan)
    else:
        MisfortuneFactory(loan=loan)

    with pytest.raises(ValidationError, match=said):
        give_back(place, loan)


def test_after_the_receipts_are_reversed_it_can(place):
    loan = loan_at(place)
    receipts.reverse_receipt(entry=pay(place, loan), reason="Wrong", by=place.staff.manager)

    give_back(place, loan)

    assert fresh(loan).ended_as == "cancelled"


def test_a_loan_without_its_row(place):
    loan = LoanFactory(application=disbursed(product=place.product, branch=place.branch))

    with pytest.raises(ValidationError, match="Nothing says that this money was given"):
        give_back(place, loan)


# Written off, and paid afterwards


def test_written_off_the_borrower_owes_it_as_before(place):
    loan = loan_at(place)
    pay(place, loan)

    write_off(place, loan)

    after = fresh(loan)
    assert [after.ended_as, after.written_off_total, after.balance, after.owed] == ["written_off", 5000, 0, 5000]
    assert after.next_due_on is None
    assert Message.objects.exclude(kind="loans.receipt").count() == 0
    assert "entrepreneur" not in Event.objects.get(name="loans.written_off").audience


def test_only_the_head_office_writes_off(place):
    loan = loan_at(place)

    for by in (place.staff.manager, place.staff.area, place.staff.cashier, head_of(lender())):
        with pytest.raises(PermissionDenied):
            write_off(place, loan, by=by)


@pytest.mark.parametrize(("state", "said"), [("ended", "This loan has ended"), ("rests", "The loan rests")])
def test_what_is_not_written_off(place, state, said):
    loan = loan_at(place)
    if state == "ended":
        pay(place, loan, 6000)
    else:
        MisfortuneFactory(loan=loan)

    with pytest.raises(ValidationError, match=said):
        write_off(place, loan)


def test_money_after_a_write_off_is_a_recovery_by_the_same_slip(place):
    loan = loan_at(place)
    write_off(place, loan)

    entry = pay(place, loan, 2500)

    after = fresh(loan)
    assert (entry.kind, after.paid_total, after.written_off_total, after.owed) == ("recovery", 2500, 3500, 3500)
    assert (after.ended_as, Event.objects.filter(name="loans.completed").exists()) == ("written_off", False)
    assert (as_of(entry).left, as_of(entry).next_due_on) == (3500, None)
    assert list(Loan.objects.unbalanced()) == []


def test_recovered_to_the_last_rupee_it_is_repaid_and_reversed_it_is_owed_again(place):
    loan = loan_at(place)
    write_off(place, loan)
    last = pay(place, loan, 6000)
    assert (fresh(loan).ended_as, fresh(loan).owed) == ("repaid", 0)
    assert Event.objects.filter(name="loans.completed").count() == 1

    receipts.reverse_receipt(entry=last, reason="Wrong", by=place.staff.manager)

    assert (fresh(loan).ended_as, fresh(loan).owed) == ("written_off", 6000)


def forgive(place, loan, amount):
    facts = {"amount": amount, "by": place.staff.area, "received_on": TODAY()}
    return ledger.write(ledger.hold_loan(loan), Kind.WAIVER, **facts)


def test_a_receipt_of_before_all_was_forgiven_stands(place):
    loan = loan_at(place)
    first = pay(place, loan)
    forgive(place, loan, 5000)

    with pytest.raises(ValidationError, match="forgiven after this receipt"):
        receipts.reverse_receipt(entry=first, reason="Wrong", by=place.staff.manager)

    assert (fresh(loan).ended_as, fresh(loan).paid_total) == ("waived", 1000)


def test_where_a_part_was_forgiven_a_receipt_can_be_reversed(place):
    loan = loan_at(place)
    first = pay(place, loan)
    forgive(place, loan, 2000)

    receipts.reverse_receipt(entry=first, reason="Wrong", by=place.staff.manager)

    assert (fresh(loan).is_live, fresh(loan).balance) == (True, 4000)


def test_a_slip_says_the_same_after_something_was_forgiven(place):
    loan = loan_at(place)
    first = pay(place, loan)
    forgive(place, loan, 2000)
    second = pay(place, loan, number=2)
    forgive(place, loan, 2000)

    assert [as_of(LedgerEntry.objects.get(pk=entry.pk)).left for entry in (first, second)] == [5000, 2000]


def test_a_write_off_is_shown_to_colleagues_and_not_to_the_borrower(place):
    loan = loan_at(place)
    write_off(place, loan)
    loan.person.user = EntrepreneurUserFactory()
    loan.person.save()

    tags = [gather(fresh(loan), user=user, on=TODAY()).tag for user in (place.staff.officer, loan.person.user)]

    assert [(tag["text"], tag["icon"]) for tag in tags] == [("Written off", "check"), ("Still to be paid", "")]


def test_a_receipt_of_before_the_write_off_stands(place):
    loan = loan_at(place)
    first = pay(place, loan)
    write_off(place, loan)

    with pytest.raises(ValidationError, match="The receipt stands"):
        receipts.reverse_receipt(entry=first, reason="Wrong", by=place.staff.manager)


def test_no_more_than_is_owed_is_recovered(place):
    loan = loan_at(place)
    write_off(place, loan)

    with pytest.raises(ValidationError) as refusal:
        pay(place, loan, 6001)

    assert refusal.value.message_dict == {
        "amount": ["Only Rs 6,000 is left to pay. Take that, and give back the rest."]
    }


# Pages


def url(name, *args):
    return reverse(f"loans:{name}", args=args)


def send(client, path, **typed):
    return client.post(path, {"request_key": str(uuid.uuid4()), **typed})


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def borrower_of(loan, signed_in):
    loan.person.user = EntrepreneurUserFactory()
    loan.person.language = "en"
    loan.person.save()
    return signed_in(loan.person.user)


def test_given_back_on_its_page(place, signed_in):
    loan = loan_at(place)
    manager, path = signed_in(place.staff.manager), url("loan-give-back", loan.pk)
    assert path in manager.get(loan.get_absolute_url()).content.decode()
    assert "The loan is cancelled" in text_of(manager.get(path))

    sent = send(manager, path, reason="Ill", paper="Sheet 4")

    assert sent.url == loan.get_absolute_url()
    assert "The money was given back: Ill (Sheet 4)" in text_of(manager.get(loan.get_absolute_url()))
    assert manager.get(path).url == loan.get_absolute_url()
    hers = text_of(borrower_of(loan, signed_in).get(url("my-loan", loan.pk)))
    assert "You gave the money back." in hers
    assert "Sheet 4" not in hers


def test_written_off_on_its_page_and_never_said_to_the_borrower(place, signed_in):
    loan = loan_at(place)
    head, path = signed_in(head_of(place)), url("loan-write-off", loan.pk)
    assert "still owes it" in text_of(head.get(path))

    send(head, path, reason="Moved away")

    assert head.get(path).url == loan.get_absolute_url()
    assert "Write-off" in text_of(head.get(loan.get_absolute_url()))
    pay(place, loan, 1000)
    hers = text_of(borrower_of(loan, signed_in).get(url("my-loan", loan.pk)))
    assert "Rs 5,000 is still to be paid." in hers
    assert "Write-off" not in hers
    page = gather(fresh(loan), user=loan.person.user, on=TODAY())
    assert (page.given, page.paid_back, page.loan.owed) == (6000, 1000, 5000)
    counter = signed_in(place.staff.cashier)
    assert url("receipt-create", loan.pk) in counter.get(loan.get_absolute_url()).content.decode()
    assert "Left to pay in all: Rs 5,000" in text_of(counter.get(url("receipt-create", loan.pk)))


def test_what_cannot_be_done_is_said_on_the_loans_page(place, signed_in):
    loan = loan_at(place)
    pay(place, loan)

    page = text_of(signed_in(place.staff.manager).get(loan.get_absolute_url()))

    assert "Something is paid already" in page


@pytest.mark.parametrize("name", ["loan-give-back", "loan-write-off"])
def test_refused_by_the_action_it_is_said_in_the_form(place, signed_in, name):
    loan = loan_at(place)
    MisfortuneFactory(loan=loan)
    client = signed_in(head_of(place))

    page = text_of(send(client, url(name, loan.pk), reason="Ill", paper="Sheet 4"))

    assert "The loan rests." in page

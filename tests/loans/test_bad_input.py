"""Promise 16: whatever is typed into a form of lending, the page answers, and what was refused is not stored."""

import pytest
from django.urls import reverse

from tests.factories.loans import (
    ApplicationFactory,
    GuarantorFactory,
    LedgerEntryFactory,
    LoanFactory,
    MisfortuneFactory,
    ReceiptBookFactory,
    RequestFactory,
    approved,
    disbursed,
    family_visited,
    guaranteed,
    head_of,
    lender,
    proposed,
    referral,
    visited_twice,
)
from tests.factories.loans import visited as visit
from tests.hostile import ask_with, throw_at

pytestmark = pytest.mark.django_db
FORMS = {
    "referral-detail": ("officer", ["version", "offer", "amount", "months"]),
    "referral-decline": ("officer", ["version", "refusal", "refusal_text"]),
    "application-visit": (
        "officer", ["version", "visit_place", "whom_met", "household_agrees", "is_card_seen", "card"],
    ),
    "application-guarantors": (
        "officer", ["version", "cnic", "name", "sex", "phone", "relation", "has_agreed", "consent", "witness"],
    ),
    "guarantor-consent": ("officer", ["witness", "code"]),
    "application-verify": ("officer", ["version"]),
    "application-vote": ("manager", ["version", "approves", "amount", "refusal", "refusal_text"]),
    "application-conflict": ("manager", ["version", "why"]),
    "application-refuse": ("manager", ["version", "refusal", "refusal_text"]),
    "application-withdraw": ("officer", ["version"]),
    "application-disburse": ("cashier", ["version", "instrument"]),
    "late-visit": ("officer", ["place", "whom_met", "outcome", "pay_on", "note", "visited_on"]),
    "day-agree": ("officer", ["pay_on", "amount"]),
    "guarantor-speak": ("officer", ["guarantor", "outcome", "note", "spoken_on"]),
    "request-create": ("officer", ["version", "kind", "paper", "words", "of"]),
    "request-detail": ("officer", ["version", "reason"]),
    "receipt-create": ("cashier", ["amount", "slip", "received_on", "correction"]),
    "receipt-reverse": ("manager", ["reason"]),
    "loan-give-back": ("manager", ["reason", "paper"]),
    "loan-write-off": ("head", ["reason"]),
    "misfortune-create": ("cashier", ["kind", "happened_on", "told_by"]),
    "misfortune-visit": ("officer", ["version", "visited_on", "whom_met"]),
    "misfortune-propose": ("officer", ["version", "ground", "paper", "paper_number", "amount"]),
    "misfortune-waive": ("manager", ["version"]),
    "misfortune-end": ("manager", ["version", "ending", "reason"]),
}  # fmt: skip


@pytest.fixture
def place():
    return lender()


def target_of(name, place):
    at = {"product": place.product, "branch": place.branch}
    if name.startswith("referral"):
        return referral(branch=place.branch)
    if name in {"late-visit", "day-agree", "guarantor-speak"}:
        loan = LoanFactory(application=disbursed(**at))
        GuarantorFactory.create_batch(2, application=loan.application)
        visited_twice(loan)
        return loan
    if name.startswith("receipt"):
        loan = LoanFactory(application=disbursed(**at), paid_total=1000)
        return loan if name == "receipt-create" else LedgerEntryFactory(loan=loan)
    if name in {"guarantor-consent", "request-detail"}:
        unsaid = {"consent": "", "consented_at": None, "witness": ""}
        make, facts = (GuarantorFactory, unsaid) if name == "guarantor-consent" else (RequestFactory, {})
        return make(application=ApplicationFactory(**at), **facts)
    if name.startswith(("loan-", "misfortune")):
        loan = LoanFactory(application=disbursed(**at))
        facts = {"misfortune-propose": family_visited, "misfortune-waive": proposed}.get(name, dict)()
        is_of_loan = name in {"loan-give-back", "loan-write-off", "misfortune-create"}
        return loan if is_of_loan else MisfortuneFactory(loan=loan, **facts)
    state = {"application-vote": guaranteed, "application-disburse": approved, "application-verify": visit}.get(
        name, dict
    )
    return ApplicationFactory(**at, **state())


@pytest.mark.parametrize("name", FORMS)
def test_whatever_is_typed_the_page_answers_and_keeps_nothing_refused(place, signed_in, name):
    who, fields = FORMS[name]
    path = reverse(f"loans:{name}", args=[target_of(name, place).pk])

    by = head_of(place) if who == "head" else getattr(place.staff, who)
    throw_at(path, client=signed_in(by), fields=fields, app="loans")


@pytest.mark.parametrize("name", ["desk", "loan-list", "counter"])
def test_whatever_stands_in_the_address_the_list_answers(place, signed_in, name):
    client = signed_in(place.staff.cashier)

    ask_with(reverse(f"loans:{name}"), client=client, fields=["q", "show", "state", "after"])


def test_whatever_is_asked_before_it_is_saved_the_counter_answers(place, signed_in):
    path = reverse("loans:receipt-create", args=[target_of("receipt-create", place).pk])

    ask_with(path, client=signed_in(place.staff.cashier), fields=[*FORMS["receipt-create"][1], "change", "corrects"])


@pytest.mark.parametrize(
    ("name", "fields"), [("book-create", ["post", "number", "first", "last"]), ("slip-explain", ["why", "text"])]
)
def test_whatever_is_typed_about_books_the_page_answers(place, signed_in, name, fields):
    book = ReceiptBookFactory(branch=place.branch)
    path = reverse("loans:book-create")
    if name == "slip-explain":
        path = f"{reverse('loans:slip-explain', args=[book.pk])}?slip=2"

    throw_at(path, client=signed_in(place.staff.manager), fields=fields, app="loans")

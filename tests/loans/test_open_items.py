import datetime as dt

import pytest
from django.utils import timezone

from journal.open_items import Scope, united
from loans.open_items import open_items
from tests.factories.loans import ApplicationFactory, LoanFactory, approved, bring_papers, disbursed, lender, visited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]


def items(**scope):
    return united(open_items(Scope(**scope)), limit=20)


def said(found):
    return [(item["kind"], item["owner"], item["due_on"], item["target_id"]) for item in found]


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def three(place):
    """An application to decide, one to pay out, and a loan to repay."""
    first = ApplicationFactory(product=place.product, branch=place.branch, due_on=dt.date(2026, 10, 1), **visited())
    second = ApplicationFactory(product=place.product, branch=place.branch, due_on=dt.date(2026, 10, 2), **approved())
    second.person.cnic_standing = "verified"
    second.person.save()
    bring_papers(second)
    loan = LoanFactory(application=disbursed(product=place.product, branch=place.branch))
    ApplicationFactory(product=place.product, branch=place.branch, state="withdrawn")
    return first, second, loan


def test_items_of_a_branch(place, three):
    first, second, loan = three

    found = items(office_ids=frozenset({place.branch.pk}), is_team=True)

    assert said(found) == [
        ("loans.application", "lender", dt.date(2026, 10, 1), first.pk),
        ("loans.disbursement", "lender", dt.date(2026, 10, 2), second.pk),
        ("loans.instalment", "entrepreneur", dt.date(2026, 10, 7), loan.pk),
    ]
    assert [item["office_id"] for item in found] == [place.branch.pk] * 3
    assert [item["holder_id"] for item in found] == [first.officer_id, second.officer_id, None]


def test_items_of_an_enterprise(three):
    first, _second, loan = three

    assert said(items(enterprise_ids=[loan.enterprise_id])) == [
        ("loans.instalment", "entrepreneur", dt.date(2026, 10, 7), loan.pk)
    ]
    (found,) = items(enterprise_ids=[first.enterprise_id])
    assert (found["since"], found["holder_id"]) == (first.received_at, first.officer_id)


def test_items_of_an_officer(three):
    first, *_others = three

    assert said(items(user_id=first.officer_id)) == [("loans.application", "lender", dt.date(2026, 10, 1), first.pk)]


def test_items_since_the_day_on_which_the_loan_was_paid_out(three):
    loan = three[2]

    (found,) = items(enterprise_ids=[loan.enterprise_id])

    assert timezone.localtime(found["since"]).date() == loan.disbursed_on


def test_a_loan_that_ended_waits_for_nobody(place):
    application = disbursed(product=place.product, branch=place.branch)
    loan = LoanFactory(application=application, paid_total=6000, ended_on=dt.date(2026, 11, 1), ended_as="repaid")

    assert items(enterprise_ids=[loan.enterprise_id]) == []

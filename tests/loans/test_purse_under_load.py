"""Two committees that decide in the same moment do not promise the same money of a fund."""

import threading

import pytest

from loans.actions import committee
from loans.models import FundingScheme
from loans.purse import purses
from tests.committed import at_once
from tests.factories.loans import (
    ApplicationFactory,
    FundingSchemeFactory,
    OfferFactory,
    PurseEntryFactory,
    guaranteed,
    lender,
)

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def two_committees_at_once():
    """Two applications of Rs 6,000 out of a fund with Rs 10,000; what each committee hears, and what is left."""
    place = lender()
    fund = FundingSchemeFactory(partner=place.product.partner)
    OfferFactory(product=place.product, scheme=fund)
    PurseEntryFactory(scheme=fund, amount=10_000)
    waiting = [
        ApplicationFactory(product=place.product, scheme=fund, branch=place.branch, **guaranteed()) for _one in range(2)
    ]
    for application in waiting:
        committee.vote(application=application, version=0, approves=True, amount=6000, by=place.staff.manager)
    said = at_once(
        2,
        lambda turn: committee.vote(
            application=waiting[turn], version=0, approves=True, amount=6000, by=place.staff.area
        ),
    )
    return sorted(type(one).__name__ for one in said), purses([fund])[fund.pk].left


def test_two_committees_do_not_promise_the_same_money():
    assert two_committees_at_once() == (["Application", "ValidationError"], 4000)


@pytest.mark.xfail(strict=True, reason="the control: nobody locks the fund", raises=AssertionError)
def test_two_committees_do_not_promise_the_same_money_control(monkeypatch):

    both, look = threading.Barrier(2, timeout=30), purses

    def look_together(funds):
        found = look(funds)
        both.wait()
        return found

    monkeypatch.setattr(FundingScheme.objects, "select_for_update", lambda **_how: FundingScheme.objects)
    monkeypatch.setattr("loans.purse.purses", look_together)
    assert two_committees_at_once() == (["Application", "ValidationError"], 4000)

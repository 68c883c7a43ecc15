"""The pages of a late instalment: who reads them, what they let one write down, and what they say of guarantors."""

import datetime as dt
import re
import uuid
from html import unescape
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from loans.models import GuarantorContact, Loan, Promise, Visit
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import (
    GuarantorContactFactory,
    GuarantorFactory,
    LoanFactory,
    PromiseFactory,
    VisitFactory,
    disbursed,
    lender,
    visited_twice,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_twelfth():
    with time_machine.travel(dt.datetime(2026, 10, 12, 7, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def place():
    here = lender()
    person = PersonFactory(user=EntrepreneurUserFactory(), language="en", name="Razia Bibi")
    loan = LoanFactory(application=disbursed(product=here.product, branch=here.branch, person=person))
    guarantors = GuarantorFactory.create_batch(2, application=loan.application)
    return SimpleNamespace(loan=Loan.objects.get(pk=loan.pk), guarantors=guarantors, **vars(here))


def at(place, name):
    return reverse(f"loans:{name}", args=[place.loan.pk])


def send(client, path, **typed):
    return client.post(path, {"request_key": str(uuid.uuid4()), **typed})


def read(client, path):
    """The words of the page alone."""
    return " ".join(unescape(re.sub("<[^>]+>", "", client.get(path).text)).split())


def arrears_of(client, place):
    return client.get(place.loan.get_absolute_url()).context["arrears"]


VISIT = {"place": "home", "whom_met": "borrower", "outcome": "pays", "visited_on": "12-10-2026"}


def test_a_visit_with_a_day_agreed_is_one_page(place, signed_in):
    client = signed_in(place.staff.officer)

    answer = send(client, at(place, "late-visit"), **VISIT, pay_on="20-10-2026", note="")

    assert (answer.status_code, answer["Location"]) == (302, place.loan.get_absolute_url())
    assert (Visit.objects.count(), Promise.objects.get().amount) == (1, 1000)
    page = arrears_of(client, place)
    assert (page.next, page.next_small, page.is_late) == ("Pays by 20 Oct, as agreed", "", False)
    assert [(row["text"], row["small"]) for row in page.history] == [
        ("Rs 1,000 by 20 Oct 2026: agreed", "Officer"),
        ("Visit 1: Will pay", "At home · The borrower · Officer"),
    ]
    assert [action["label"] for action in page.actions] == ["Agree on a day"]


def test_the_same_page_sent_twice_is_one_visit(place, signed_in):
    client, key = signed_in(place.staff.officer), str(uuid.uuid4())

    for _time in range(2):
        client.post(at(place, "late-visit"), VISIT | {"pay_on": "20-10-2026", "request_key": key})

    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"pay_on": ""}, ["pay_on"]),
        ({"whom_met": "nobody"}, ["whom_met"]),
        ({"visited_on": "13-10-2026"}, ["visited_on"]),
        ({"outcome": ""}, ["outcome"]),
    ],
)
def test_a_refused_visit_keeps_what_was_typed(place, signed_in, typed, fields):
    client = signed_in(place.staff.officer)

    answer = send(client, at(place, "late-visit"), **VISIT | {"pay_on": "20-10-2026", "note": "Sick child"} | typed)

    form = answer.context["form"]
    assert (sorted(form.errors), form["note"].value(), Visit.objects.count()) == (fields, "Sick child", 0)


def test_a_day_agreed_on_the_phone(place, signed_in):
    client = signed_in(place.staff.manager)

    send(client, at(place, "day-agree"), pay_on="16-10-2026", amount="600")
    refused = send(client, at(place, "day-agree"), pay_on="16-10-2027", amount="")

    assert Promise.objects.values_list("pay_on", "amount").get() == (dt.date(2026, 10, 16), 600)
    assert sorted(refused.context["form"].errors) == ["pay_on"]


def test_the_borrower_reads_the_agreed_day_and_nothing_else_of_it(place, signed_in):
    VisitFactory(loan=place.loan, note="Secret of colleagues")
    PromiseFactory(loan=place.loan, pay_on=dt.date(2026, 10, 16))
    client = signed_in(place.loan.person.user)

    text = client.get(reverse("loans:my-loan", args=[place.loan.pk])).text

    assert "Agreed with the branch:" in text
    assert "Secret of colleagues" not in text
    with time_machine.travel(dt.datetime(2026, 10, 17, 7, tzinfo=dt.UTC), tick=False):
        assert "Agreed with the branch:" not in client.get(reverse("loans:my-loan", args=[place.loan.pk])).text


@pytest.mark.parametrize("role", [Role.ADVISOR, Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER, Role.CASHIER])
def test_who_reads_what_the_branch_did(place, signed_in, role):
    """An advisor of the district reads the loan, and not what colleagues of the branch wrote about the visit."""
    VisitFactory(loan=place.loan, note="Secret of colleagues")
    of_smeda = role in {Role.ADVISOR, Role.REGIONAL_MANAGER}
    where = {"districts": [place.loan.district]} if of_smeda else {"office": place.branch}
    client = signed_in(colleague(role, **where))

    answer = client.get(place.loan.get_absolute_url())

    assert ("Secret of colleagues" in answer.text) == (not of_smeda)
    page = answer.context["arrears"]
    assert (page is None) if of_smeda else (page.actions == [])


@pytest.mark.parametrize(
    ("day", "visits", "said"),
    [
        (12, 0, "2 visits about this instalment are still to come"),
        (12, 1, "1 visit about this instalment is still to come"),
        (16, 2, "Guarantors are spoken to from"),
    ],
)
def test_the_page_of_the_guarantor_says_why_not_and_when(place, signed_in, day, visits, said):
    for number in range(1, visits + 1):
        VisitFactory(loan=place.loan, number=number, visited_on=dt.date(2026, 10, 10 + number))
    with time_machine.travel(dt.datetime(2026, 10, day, 7, tzinfo=dt.UTC), tick=False):
        text = read(signed_in(place.staff.officer), at(place, "guarantor-speak"))

    assert said in text
    assert "20 Oct" in text
    assert "What you may say" not in text


def test_a_talk_with_a_guarantor(place, signed_in):
    visited_twice(place.loan)

    with time_machine.travel(dt.datetime(2026, 10, 21, 7, tzinfo=dt.UTC), tick=False):
        client = signed_in(place.staff.officer)
        before = arrears_of(client, place)
        page = read(client, at(place, "guarantor-speak"))
        typed = {"guarantor": place.guarantors[0].pk, "outcome": "away", "note": "", "spoken_on": "21-10-2026"}
        refused = send(client, at(place, "guarantor-speak"), **typed | {"spoken_on": "19-10-2026"})
        send(client, at(place, "guarantor-speak"), **typed)
        after = arrears_of(client, place)

    assert (before.next, before.next_small, before.is_late) == ("Speak with a guarantor", "1 day late", True)
    assert before.actions[0]["label"] == "Speak with a guarantor"
    # Of the borrower a guarantor hears the name and what is due, and not what is left or how often it was late.
    said = page.split("What you may say")[1].split("With whom")[0]
    assert "Razia Bibi" in said
    assert "1,000" in said
    assert "6,000" not in said
    assert sorted(refused.context["form"].errors) == ["spoken_on"]
    assert GuarantorContact.objects.count() == 1
    assert (after.next, after.history[0]["text"]) == (
        "Branch manager decides: more time, or new terms",
        f"Guarantor {place.guarantors[0].shown_name}: Was not reached",
    )


def test_nobody_vouches(place, signed_in):
    loan = LoanFactory(application=disbursed(product=place.product, branch=place.branch))
    visited_twice(loan)

    with time_machine.travel(dt.datetime(2026, 10, 21, 7, tzinfo=dt.UTC), tick=False):
        text = signed_in(place.staff.officer).get(reverse("loans:guarantor-speak", args=[loan.pk])).text

    assert "Nobody vouches for this loan." in text


def test_who_did_not_keep_three_agreed_days_is_shown(place, signed_in):
    for day in (13, 14):
        PromiseFactory(loan=place.loan, pay_on=dt.date(2026, 10, day))
    with time_machine.travel(dt.datetime(2026, 10, 24, 7, tzinfo=dt.UTC), tick=False):
        client = signed_in(place.staff.officer)
        two = arrears_of(client, place).warning
        PromiseFactory(loan=place.loan, pay_on=dt.date(2026, 10, 16))
        three = arrears_of(client, place).warning

    said = "3 agreed days were not kept. Speak with the branch manager before another is agreed."
    assert (two, three) == ("", said)


def test_a_loan_in_time_offers_a_day_and_nothing_else(place, signed_in):
    with time_machine.travel(dt.datetime(2026, 10, 5, 7, tzinfo=dt.UTC), tick=False):
        page = arrears_of(signed_in(place.staff.officer), place)
        visit = signed_in(place.staff.officer).get(at(place, "guarantor-speak")).text

    assert (page.next, page.history, [one["label"] for one in page.actions]) == ("", [], ["Agree on a day"])
    assert "Nothing is late on this loan." in visit


def test_a_loan_that_ended_shows_what_was_done_and_offers_nothing(place, signed_in):
    VisitFactory(loan=place.loan)
    Loan.objects.filter(pk=place.loan.pk).update(paid_total=6000, ended_on=dt.date(2026, 10, 12), ended_as="repaid")

    page = arrears_of(signed_in(place.staff.officer), place)

    assert (len(page.history), page.actions) == (1, [])


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_often_for_three_rows_as_for_one(place, signed_in, django_assert_num_queries, number):
    visited_twice(place.loan)
    for row in range(number):
        PromiseFactory(loan=place.loan, pay_on=dt.date(2026, 10, 13 + row))
        GuarantorContactFactory(loan=place.loan, spoken_on=dt.date(2026, 10, 20 + row))
    client = signed_in(place.staff.officer)

    with django_assert_num_queries(19):
        client.get(place.loan.get_absolute_url())

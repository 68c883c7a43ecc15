"""The due list of the branch: by officer, with the last contact and what comes next."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from accounts.models import LocalClosure
from accounts.roles import Role
from kit.words import plain
from loans.messages.loans import instalments_due, is_instalment_due
from loans.models import Loan
from tests.factories.accounts import colleague
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import (
    GuarantorContactFactory,
    LoanFactory,
    PromiseFactory,
    VisitFactory,
    disbursed,
    lender,
    visited_twice,
)

pytestmark = pytest.mark.django_db
DUE_LIST, DESK = reverse("loans:loan-list"), reverse("loans:desk")


@pytest.fixture(autouse=True)
def _on_the_sixteenth():
    with time_machine.travel(dt.datetime(2026, 10, 16, 7, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def place():
    here = lender()
    other = colleague(Role.LOAN_OFFICER, office=here.branch, full_name="Other officer")
    return SimpleNamespace(other=other, **vars(here))


def loan_at(place, name, *, officer=None, **facts):
    person = PersonFactory(name=name, language="en")
    application = disbursed(
        product=place.product, branch=place.branch, person=person, officer=officer or place.staff.officer
    )
    return Loan.objects.get(pk=LoanFactory(application=application, **facts).pk)


@pytest.fixture
def late(place):
    """One at every stage, all of 7 October."""
    names = ("To visit", "Visited once", "Agreed", "Visited twice", "Spoken", "Promised in vain")
    loans = {name: loan_at(place, name) for name in names}
    VisitFactory(loan=loans["Visited once"], visited_on=dt.date(2026, 10, 13))
    PromiseFactory(loan=loans["Agreed"], pay_on=dt.date(2026, 10, 20))
    visited_twice(loans["Visited twice"])
    visited_twice(loans["Spoken"])
    GuarantorContactFactory(loan=loans["Spoken"], spoken_on=dt.date(2026, 10, 16))
    PromiseFactory(loan=loans["Promised in vain"], pay_on=dt.date(2026, 10, 14))
    return loans


def rows(client, query=""):
    """By name: late, last contact with its small line, next with its own."""
    page = client.get(DUE_LIST + query).context["page"]
    found = {}
    for group in page.groups:
        for row in group["rows"]:
            cells = row["cells"]
            found[str(cells[1]["text"])] = [
                (plain(str(cells[at]["text"])), str(cells[at].get("small", ""))) for at in (6, 7)
            ]
    return found


def test_what_comes_next_stands_in_every_row(place, late, signed_in):
    loan_at(place, "On time", first_due_on=dt.date(2026, 11, 7))

    assert rows(signed_in(place.staff.officer)) == {
        "To visit": [("–", ""), ("Visit", "5 days late")],
        "Visited once": [("13 Oct", "1 visit"), ("Second visit", "on 17 Oct")],
        "Agreed": [("–", ""), ("Pays by 20 Oct, as agreed", "")],
        "Visited twice": [("15 Oct", "2 visits"), ("Speak with a guarantor", "on 20 Oct")],
        "Spoken": [("16 Oct", "2 visits"), ("Branch manager decides: more time, or new terms", "on 21 Oct")],
        "Promised in vain": [("–", ""), ("Visit", "1 day late · 1 agreed day not kept")],
        "On time": [("–", ""), ("–", "")],
    }


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("visit", ["To visit", "Promised in vain"]),
        ("agreed", ["Agreed"]),
        ("overdue", ["To visit"]),
        ("shut", []),
        ("nonsense", ["To visit", "Visited once", "Agreed", "Visited twice", "Spoken", "Promised in vain"]),
    ],
)
def test_views_of_the_list(place, late, signed_in, show, names):
    assert list(rows(signed_in(place.staff.officer), f"?show={show}")) == names


def test_what_is_shut_waits_and_days_late_go_on(place, late, signed_in):
    closure = LocalClosure.objects.create(
        reason="urs", from_on=dt.date(2026, 10, 15), until_on=dt.date(2026, 10, 18), entered_by=place.staff.manager
    )
    closure.offices.add(place.branch)
    client = signed_in(place.staff.officer)

    assert rows(client, "?show=visit") == {}
    assert rows(client, "?show=shut")["To visit"] == [("–", ""), ("Waits: shut until 18 Oct", "")]
    page = client.get(DUE_LIST).context["page"]
    assert {str(row["cells"][0]["text"]) for row in page.groups[0]["rows"]} == {"<bdi>9</bdi> days late"}


def test_by_officer(place, late, signed_in):
    theirs = loan_at(place, "Of the other", officer=place.other)
    client = signed_in(place.staff.officer)
    page = client.get(DUE_LIST + "?show=late").context["page"]

    assert [(str(one["label"]), one["is_current"]) for one in page.officers] == [
        ("Everybody’s", True),
        ("Officer", False),
        ("Other officer", False),
    ]
    assert list(rows(client, page.officers[2]["url"])) == ["Of the other"]
    assert list(rows(client, f"?officer={place.other.pk}&q={theirs.person.phone}")) == ["Of the other"]
    assert len(rows(client, "?officer=nobody")) == 7


def test_officers_are_named_in_the_readers_language(place, late, signed_in):
    loan_at(place, "Of the other", officer=place.other)
    type(place.other).objects.filter(pk=place.other.pk).update(full_name_ur="دوسرا افسر")
    client = signed_in(place.staff.manager)
    client.cookies["django_language"] = "ur"

    page = client.get(DUE_LIST).context["page"]

    assert "دوسرا افسر" in [str(one["label"]) for one in page.officers]
    assert "Other officer" not in [str(one["label"]) for one in page.officers]


def test_one_officer_alone_is_no_choice(place, late, signed_in):
    assert signed_in(place.staff.officer).get(DUE_LIST).context["page"].officers == []


def test_whoever_reads_many_officers_chooses_none_but_keeps_the_chosen(place, signed_in, monkeypatch):
    monkeypatch.setattr("loans.pages.due.MOST_OFFICERS", 1)
    for officer in (place.staff.officer, place.other):
        loan_at(place, officer.full_name, officer=officer)
    client = signed_in(place.staff.manager)

    assert client.get(DUE_LIST).context["page"].officers == []
    chosen = client.get(DUE_LIST + f"?officer={place.staff.officer.pk}").context["page"].officers
    assert [(str(one["label"]), one["is_current"]) for one in chosen] == [("Everybody’s", False), ("Officer", True)]


def test_the_sheet_for_a_day_in_the_field(place, late, signed_in):
    client = signed_in(place.staff.officer)
    page = client.get(DUE_LIST + "?show=visit").context["page"]

    sheet = client.get(DUE_LIST + page.sheet_url).context["page"]

    assert [str(one["label"]) for one in sheet.columns][-2:] == ["Place", "What came of it"]
    assert [len(row["cells"]) for row in sheet.groups[0]["rows"]] == [10, 10]
    assert (page.is_sheet, sheet.is_sheet) == (False, True)


def test_what_was_not_seen_to_rises_to_the_manager(place, late, signed_in):
    officer, manager = (signed_in(who).get(DESK).context["page"] for who in (place.staff.officer, place.staff.manager))

    assert (officer.risen, manager.risen) == (0, 1)
    assert officer.counts[4] | {"label": str(officer.counts[4]["label"])} == {
        "number": 2,
        "label": "visits to make now",
        "url": f"{DUE_LIST}?show=visit",
    }


@pytest.mark.parametrize("number", [1, 3, 40])
def test_the_list_asks_as_often_for_forty_rows_as_for_one(place, signed_in, django_assert_num_queries, number):
    for row in range(number):
        loan = loan_at(place, f"Borrower {row}")
        visited_twice(loan)
        PromiseFactory(loan=loan)
    client = signed_in(place.staff.officer)

    with django_assert_num_queries(12):
        client.get(DUE_LIST)


def test_an_agreed_day_silences_the_reminder(place):
    """Of an instalment that comes too: whoever called before its day is not reminded of it."""
    due = dt.date(2026, 10, 19)
    reminded = loan_at(place, "Reminded", first_due_on=due)
    agreed = loan_at(place, "Agreed", first_due_on=due)
    over = loan_at(place, "Over", first_due_on=due)
    PromiseFactory(loan=agreed, due_on=due, pay_on=dt.date(2026, 10, 24))
    for day in (20, 15):  # a nearer day took the place of a later one, and is over
        PromiseFactory(loan=over, due_on=dt.date(2026, 10, 7), pay_on=dt.date(2026, 10, day))

    now = dt.datetime(2026, 10, 17, 7, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        found = [loan.pk for loan in instalments_due(now)]
        still = [is_instalment_due(loan) for loan in (reminded, agreed, over)]

    assert found == [reminded.pk, over.pk]
    assert still == [True, False, True]

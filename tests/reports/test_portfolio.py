"""Portfolio at risk at every step, with rescheduled loans and without, beside the recovery rate: part by part."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from kit.words import plain
from loans.models import Loan, Terms
from reports import portfolio
from reports.actions import months
from reports.indicators import INDICATORS, Figure
from reports.periods import Month
from tests.factories.accounts import colleague
from tests.factories.enterprises import district
from tests.factories.loans import LedgerEntryFactory, LoanFactory, TermsFactory, branch_of, disbursed, lender

pytestmark = pytest.mark.django_db
OCTOBER = Month(dt.date(2026, 10, 1))
PAGE = reverse("reports:portfolio") + "?month=2026-10"
LENT_ON = dt.date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(dt.datetime(2026, 11, 20, 7, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def place():
    """Two branches; on 31 October loans of Rs 6,000 are 1, 31, 61 and 91 days late, one is in time, one was
    rescheduled and is 91 days late by its new terms.
    """
    here = lender()
    here.other = branch_of(here.product.partner)
    days = (
        (dt.date(2026, 10, 30), here.branch),
        (dt.date(2026, 9, 30), here.branch),
        (dt.date(2026, 8, 31), here.other),
    )
    here.loans = [loan_at(here, branch, due) for due, branch in days]
    here.loans += [loan_at(here, here.other, dt.date(2026, 8, 1)), loan_at(here, here.other, dt.date(2026, 11, 7))]
    moved = loan_at(here, here.branch, dt.date(2026, 8, 1))
    TermsFactory(loan=moved, number=2, reason=Terms.Reason.RELIEF, from_at=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    LedgerEntryFactory(loan=here.loans[1], amount=500, posted_on=dt.date(2026, 10, 7))
    return here


def loan_at(place, branch, due):
    application = disbursed(product=place.product, branch=branch)
    return LoanFactory(application=application, first_due_on=due, disbursed_on=LENT_ON)


@pytest.fixture
def programme():
    return colleague(Role.PROGRAMME_MANAGER)


ALL = {
    "at_risk_1": Figure(29_500, 35_500),
    "at_risk": Figure(23_500, 35_500),
    "at_risk_60": Figure(18_000, 35_500),
    "at_risk_90": Figure(12_000, 35_500),
    "at_risk_1_new": Figure(23_500, 29_500),
    "at_risk_new": Figure(17_500, 29_500),
    "at_risk_60_new": Figure(12_000, 29_500),
    "at_risk_90_new": Figure(6_000, 29_500),
}


def test_each_step_counts_the_whole_unpaid_principal(place, programme):
    assert {code: INDICATORS[code].figure(OCTOBER, programme) for code in portfolio.CODES} == ALL


def test_terms_of_a_later_month_reschedule_nothing_yet(place, programme):
    november = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    TermsFactory(loan=place.loans[0], number=2, reason=Terms.Reason.RESCHEDULED, from_at=november)

    assert INDICATORS["at_risk_1_new"].figure(OCTOBER, programme) == ALL["at_risk_1_new"]


def test_a_loan_that_rested_stands_among_those_with_new_terms(place, programme):
    october = dt.datetime(2026, 10, 2, tzinfo=dt.UTC)
    TermsFactory(loan=place.loans[0], number=2, reason=Terms.Reason.RESTED, from_at=october)

    assert INDICATORS["at_risk_1_new"].figure(OCTOBER, programme) == Figure(17_500, 23_500)


def lines(client, by):
    """By name: the numerators' words of each column, and where each leads."""
    page = client.get(f"{PAGE}&by={by}").context
    return {
        str(row["cells"][0]["text"]): [(str(cell["text"]), cell["url"]) for cell in row["cells"][1:]]
        for row in page["groups"][0]["rows"]
    }


def test_officers_are_named_in_the_readers_language(place, programme, signed_in):
    User.objects.filter(pk__in=Loan.objects.values("application__officer")).update(full_name_ur="قرض افسر")
    client = signed_in(programme)
    client.cookies["django_language"] = "ur"

    assert "قرض افسر" in lines(client, "officer")


@pytest.mark.parametrize("by", portfolio.BY)
def test_every_figure_opens_to_the_rows_that_make_it(place, programme, signed_in, by):
    client = signed_in(programme)
    found = lines(client, by)

    assert len(found) == 1 + {"branch": 2, "district": 1, "product": 1, "officer": 6, "sex": 1}[by]
    for name, cells in found.items():
        for (shown, url), code in zip(cells, [*portfolio.CODES, "recovered"], strict=True):
            opened = client.get(url).context
            rows = sum(len(group["rows"]) for group in opened["groups"])
            assert (name, code, shown, rows) == (name, code, opened["value"], opened["count"])


@pytest.mark.parametrize("by", portfolio.BY)
def test_the_parts_add_up_to_the_whole(place, programme, by):
    column = portfolio.BY[by][0]
    parts = [*portfolio.at_risk(OCTOBER, programme, column), *portfolio.recovered(OCTOBER, programme, column)]

    sums = {code: portfolio.added([figure for _part, one, figure in parts if one == code]) for code in INDICATORS}

    wanted = [*portfolio.CODES, portfolio.RECOVERED]
    assert {code: sums[code] for code in wanted} == {
        code: INDICATORS[code].figure(OCTOBER, programme) for code in wanted
    }


def test_a_branch_manager_reads_own_branches_and_no_other_figure(place, signed_in):
    manager = signed_in(colleague(Role.BRANCH_MANAGER, office=place.branch))

    found = lines(manager, "branch")

    assert list(found) == ["All", place.branch.label]
    assert found["All"][0][0] == "100.0%"
    assert manager.get(found["All"][1][1]).context["count"] == 3
    refused = [reverse("reports:indicator-rows", args=["lent"]), reverse("reports:dashboard")]
    assert [manager.get(url).status_code for url in refused] == [403, 403]


def test_who_reads_which_parts(place, signed_in):
    ministry = signed_in(colleague(Role.MINISTRY_VIEWER))
    committee = signed_in(colleague(Role.COMMITTEE_MEMBER))
    region = signed_in(colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")]))

    assert {url for cells in lines(ministry, "branch").values() for _text, url in cells} == {""}
    assert ministry.get(reverse("reports:indicator-rows", args=["at_risk_60"])).status_code == 403
    # Colleague by colleague is for who leads them: the page shows branches instead.
    assert lines(committee, "officer") == lines(committee, "branch")
    assert list(lines(region, "branch")) == ["All"]
    assert signed_in(colleague(Role.CASHIER, office=place.branch)).get(PAGE).status_code == 403


@pytest.mark.parametrize("query", ["by=branch&of=x", "by=sex&of=x", "by=nobody&of=1", "by=branch&of=²", "by=branch"])
def test_a_part_that_is_none_is_the_whole(place, programme, signed_in, query):
    url = reverse("reports:indicator-rows", args=["at_risk"]) + f"?month=2026-10&{query}"

    assert signed_in(programme).get(url).context["count"] == 6


def test_a_closed_month_keeps_its_figures(place, programme, signed_in):
    months.close(month=OCTOBER, by=programme)
    LedgerEntryFactory(loan=place.loans[2], amount=1000, posted_on=dt.date(2026, 10, 31))
    url = reverse("reports:indicator-rows", args=["at_risk_60"]) + "?month=2026-10"

    page = signed_in(programme).get(url).context

    assert months.frozen(OCTOBER)["at_risk_60"] == ALL["at_risk_60"]
    assert (page["frozen"]["parts"], page["parts"]) == ("18,000/35,500", "12,000/34,500")
    assert urlsplit(page["back"]).path == reverse("reports:portfolio")


def test_the_page_defines_both(place, programme, signed_in):
    text = plain(signed_in(programme).get(PAGE).text)

    assert str(INDICATORS["at_risk_60_new"].definition) in text
    assert str(INDICATORS["recovered"].definition) in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_often_for_three_branches_as_for_one(programme, signed_in, django_assert_num_queries, number):
    here = lender()
    for _branch in range(number):
        loan_at(here, branch_of(here.product.partner), dt.date(2026, 9, 7))
    client = signed_in(programme)

    with django_assert_num_queries(9):
        client.get(PAGE)

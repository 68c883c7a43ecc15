"""Funds: what each may lend, what it has left, and that nothing is promised beyond it."""

import datetime as dt
from functools import partial

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.roles import Role
from journal.models import Event
from loans.actions import committee, purse
from loans.actions.offers import check_offer, check_terms, offers_at
from loans.models import Application, FundingScheme, Loan, Offer, Product, PurseEntry
from loans.purse import Purse, promise, purses
from tests.factories.accounts import UserFactory, colleague
from tests.factories.enterprises import PersonFactory, district
from tests.factories.loans import (
    ApplicationFactory,
    FundingSchemeFactory,
    LoanFactory,
    OfferFactory,
    ProductFactory,
    PurseEntryFactory,
    approved,
    disbursed,
    guaranteed,
    lender,
)
from tests.loans.test_applications import problems
from tests.loans.test_models import refused_by
from tests.loans.test_views import send, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def fund(place):
    """A counted fund of the lender out of which its product is lent, with Rs 100,000."""
    made = FundingSchemeFactory(partner=place.product.partner, name="Governor's fund")
    OfferFactory(product=place.product, scheme=made)
    PurseEntryFactory(scheme=made, amount=100_000)
    return made


def purse_of(fund):
    return purses([fund])[fund.pk]


def application_of(place, fund, **attributes):
    return ApplicationFactory(product=place.product, scheme=fund, branch=place.branch, **attributes)


# What a fund may be


@pytest.mark.parametrize(
    ("constraint", "wrong", "right"),
    [
        ("loans_scheme_qard_costs_nothing", {"fixed_cost": 100, "cost_basis": "Forms"}, {}),
        ("loans_scheme_qard_costs_nothing", {"cost_basis": "Forms"}, {}),
        (
            "loans_scheme_fee_has_its_basis",
            {"is_qard": False, "fixed_cost": 100},
            {"is_qard": False, "fixed_cost": 100, "cost_basis": "Forms and stamps"},
        ),
        ("loans_scheme_ages_in_order", {"least_age": 46, "most_age": 45}, {"least_age": 21, "most_age": 45}),
        ("loans_scheme_days_in_order", {"closes_on": dt.date(2025, 12, 31)}, {"closes_on": dt.date(2026, 1, 1)}),
        ("loans_scheme_lends_something", {"max_amount": 0}, {"max_amount": 1}),
    ],
)
def test_fund_constraints(constraint, wrong, right):
    assert refused_by(constraint, lambda: FundingSchemeFactory(**wrong))
    assert not refused_by(constraint, lambda: FundingSchemeFactory(**right))


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("loans_purse_moves_money", {"amount": 0}),
        ("loans_purse_moves_money", {"kind": "borrowed"}),
        ("loans_purse_checked_by_and_at_together", {"checked_at": None}),
    ],
)
def test_money_constraints(constraint, wrong):
    assert refused_by(constraint, lambda: PurseEntryFactory(**wrong))
    assert not refused_by(constraint, PurseEntryFactory)


def test_nobody_agrees_to_what_they_wrote_down():
    writer = UserFactory()

    assert refused_by("loans_purse_checker_is_somebody_else", lambda: PurseEntryFactory(by=writer, checked_by=writer))


def changed_in_the_purse():
    entry = PurseEntryFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PurseEntry.objects.filter(pk=entry.pk).update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PurseEntry.objects.filter(pk=entry.pk).delete()


def test_what_a_funder_gave_is_never_changed():
    changed_in_the_purse()


@pytest.mark.xfail(strict=True, reason="the control: without the trigger", raises=pytest.fail.Exception)
def test_what_a_funder_gave_is_never_changed_control():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE loans_purseentry DISABLE TRIGGER checked_once")

    changed_in_the_purse()


@pytest.mark.parametrize("rows", [{}, {"checked_at": dt.datetime(2027, 1, 1, tzinfo=dt.UTC)}, {"amount": 7}])
def test_agreeing_changes_nothing_else(rows):
    entry = PurseEntryFactory(checked_by=None, checked_at=None)
    agreed = {"checked_by": UserFactory(), "checked_at": timezone.now()} | rows

    said = refused_by("append-only", lambda: PurseEntry.objects.filter(pk=entry.pk).update(**agreed))

    assert said == ("amount" in rows)


def test_a_release_that_knows_no_funds_lends_out_of_the_lenders_own(place):
    """Promise 14: code of before runs on this schema."""
    made = ApplicationFactory(product=place.product, branch=place.branch, scheme=None)

    assert Application.objects.get(pk=made.pk).scheme == place.offer.scheme


# What may be lent out of it


@pytest.mark.parametrize(
    ("of_product", "of_scheme", "of_offer", "most"),
    [(90, None, None, 90), (90, 80, None, 80), (90, 80, 70, 70), (60, 80, 70, 60), (90, None, 70, 70)],
)
def test_the_narrowest_limit_holds(of_product, of_scheme, of_offer, most):
    scheme = FundingScheme(max_amount=of_scheme)
    offer = Offer(product=Product(max_amount=of_product, min_amount=10), scheme=scheme, max_amount=of_offer)

    assert offer.most == most


def test_terms_are_those_of_the_pair(place, fund):
    offer = Offer.objects.get(scheme=fund)
    Offer.objects.filter(pk=offer.pk).update(max_amount=50_000, max_months=12)
    offer.refresh_from_db()

    with pytest.raises(ValidationError) as too_much:
        check_terms(offer=offer, amount=50_001, months=12)
    with pytest.raises(ValidationError) as too_long:
        check_terms(offer=offer, amount=50_000, months=13)
    check_terms(offer=offer, amount=50_000, months=12)

    assert problems(too_much) == {"amount": ["This loan is between Rs 1,000 and Rs 50,000."]}
    assert list(problems(too_long)) == ["offer"]


NOT_HERE = "This branch does not offer this loan. Choose another kind of loan."


def answer_of(ask):
    """What it refuses, by field."""
    try:
        ask()
    except ValidationError as refusal:
        return refusal.message_dict
    return {}


def unlike(name, place, fund):
    """What takes an offer off the branch's list."""
    today = timezone.localdate()
    match name:
        case "ended":
            FundingScheme.objects.filter(pk=fund.pk).update(closes_on=today - dt.timedelta(days=1))
        case "not begun":
            FundingScheme.objects.filter(pk=fund.pk).update(opens_on=today + dt.timedelta(days=1))
        case "elsewhere":
            fund.districts.add(district("lahore"))
        case "product closed":
            Product.objects.filter(pk=place.product.pk).update(is_open=False)
        case "closed":
            Offer.objects.filter(scheme=fund).update(is_open=False)


@pytest.mark.parametrize("name", ["", "ended", "not begun", "elsewhere", "product closed", "closed"])
def test_what_a_branch_offers(place, fund, name):
    offer, where = Offer.objects.get(scheme=fund), district()
    unlike(name, place, fund)

    offered = offer in offers_at(place.branch, district=where)
    answer = answer_of(
        partial(
            check_offer, offer=offer, branch=place.branch, district=where, person=PersonFactory(), amount=6000, months=6
        )
    )

    assert (offered, answer) == ((not name), ({} if not name else {"offer": [NOT_HERE]}))


def test_a_fund_of_the_district_is_offered_there(place, fund):
    fund.districts.add(district())

    assert Offer.objects.get(scheme=fund) in offers_at(place.branch, district=district())
    assert Offer.objects.get(scheme=fund) not in offers_at(lender().branch, district=district())


def test_the_last_day_still_counts(place, fund):
    today = timezone.localdate()
    FundingScheme.objects.filter(pk=fund.pk).update(closes_on=today, opens_on=today)
    fund.refresh_from_db()

    assert Offer.objects.get(scheme=fund) in offers_at(place.branch, district=district())
    assert [fund.lends_on(today + dt.timedelta(days=days)) for days in (-1, 0, 1)] == [False, True, False]


@pytest.mark.parametrize(
    ("born", "months", "is_refused"),
    [(None, 6, False), (2010, 6, True), (2005, 6, False), (1981, 6, False), (1980, 12, True), (1979, 6, True)],
)
def test_a_fund_for_some_ages_lends_to_no_other(place, fund, born, months, is_refused):
    """At the last instalment, too; by the year alone nobody is refused who may be within."""
    FundingScheme.objects.filter(pk=fund.pk).update(least_age=21, most_age=45)
    person, offer = PersonFactory(birth_year=born), Offer.objects.get(scheme=fund)
    at = {"branch": place.branch, "district": district(), "person": person}

    with time_machine.travel(dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC), tick=False):
        answer = answer_of(partial(check_offer, offer=offer, amount=6000, months=months, **at))

    said = "This fund lends from 21, up to 45 at the last instalment, and the applicant was born in {}."
    assert answer == ({"offer": [f"{said.format(born)} Choose another kind of loan."]} if is_refused else {})


def test_nothing_is_promised_out_of_a_fund_that_has_ended(place, fund):
    waiting = application_of(place, fund, **guaranteed())
    FundingScheme.objects.filter(pk=fund.pk).update(closes_on=timezone.localdate() - dt.timedelta(days=1))

    with pytest.raises(ValidationError, match="lends no more"):
        voted(place, waiting)


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        ({}, ""),
        ({"least_age": 21}, "from 21"),
        ({"most_age": 60}, "up to 60 at the last instalment"),
        ({"least_age": 21, "most_age": 45}, "from 21, up to 45 at the last instalment"),
    ],
)
def test_a_fund_says_its_ages(ages, said):
    assert FundingScheme(**ages).ages_in_words == said


def test_a_fund_says_what_a_loan_costs():
    costly = FundingScheme(is_qard=False, fixed_cost=1100, cost_basis="Forms and stamps")

    assert (FundingScheme().cost_in_words, costly.cost_in_words) == (
        "None, ever",
        "Rs 1,100 once, for: Forms and stamps",
    )


def test_without_a_fund_nobody_writes_money_down(place):
    assert not place.staff.area.has_perm("loans.enter_money")


# What it has


def test_a_purse_is_the_sum_of_its_rows(place, fund):
    PurseEntryFactory(scheme=fund, amount=7000, kind="returned")
    PurseEntryFactory(scheme=fund, amount=900_000, checked_by=None, checked_at=None)
    application_of(place, fund, **approved(amount=6000))
    application_of(place, fund, **guaranteed())
    given = {"branch": place.branch, "product": place.product, "scheme": fund}
    LoanFactory(application=disbursed(amount=20_000, months=4, **given), principal=20_000, count=4, paid_total=5000)
    gone_back = {"ended_on": dt.date(2026, 10, 1), "ended_as": "cancelled"}
    LoanFactory(application=disbursed(amount=6000, months=6, **given), **gone_back)
    other = FundingSchemeFactory(is_revolving=False)

    found = purses([fund, other])

    assert found[fund.pk] == Purse(
        received=100_000, returned=7000, promised=6000, given=20_000, recovered=5000, loans=1, to_women=1
    )
    assert found[fund.pk].left == 100_000 - 7000 + 5000 - 6000 - 20_000
    assert found[other.pk] == Purse(is_revolving=False)


def test_what_comes_back_is_not_lent_again_where_the_fund_says_so():
    assert Purse(received=10, given=10, recovered=4, is_revolving=False).left == 0
    assert Purse(received=10, given=10, recovered=4).left == 4


@pytest.mark.parametrize("number", [1, 3, 30])
def test_purses_take_as_many_queries_for_any_number(number, django_assert_num_queries):
    funds = FundingSchemeFactory.create_batch(number)

    with django_assert_num_queries(3):
        purses(funds)


class Law(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 120))
    def test_never_more_is_promised_than_the_fund_has(self, wanted, received):
        """In any order, whatever is refused: what was let through is covered, and what was refused would not be."""
        fund = FundingSchemeFactory()
        place = lender()
        PurseEntryFactory(scheme=fund, amount=received * 1000)
        left = received
        for amount in wanted:
            try:
                with transaction.atomic():
                    promise(fund.pk, amount * 1000)
            except ValidationError:
                assert amount > left
            else:
                assert amount <= left
                left -= amount
                application_of(place, fund, **approved(amount=amount * 1000, amount_wanted=amount * 1000))
        assert purse_of(fund).left == left * 1000


# Promising out of it


def voted(place, application, amount=6000):
    for member in (place.staff.manager, place.staff.area):
        application.refresh_from_db()
        made = committee.vote(
            application=application, version=application.version, approves=True, amount=amount, by=member
        )
    return made


def test_an_approval_beyond_the_fund_is_refused_and_the_last_vote_is_not_cast(place, fund):
    application_of(place, fund, **approved(amount=95_000, amount_wanted=95_000))
    waiting = application_of(place, fund, **guaranteed())

    with pytest.raises(ValidationError) as refusal:
        voted(place, waiting)

    assert problems(refusal) == ["The fund “Governor's fund” has Rs 5,000 left to lend, and this loan is Rs 6,000."]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.votes.count()) == ("guaranteed", 1)


def test_less_than_is_left_is_approved(place, fund):
    application_of(place, fund, **approved(amount=95_000, amount_wanted=95_000))

    assert voted(place, application_of(place, fund, **guaranteed()), amount=5000).state == "approved"


def test_what_the_lender_does_not_count_stops_nothing(place):
    application = ApplicationFactory(product=place.product, branch=place.branch, **guaranteed())

    assert voted(place, application).state == "approved"


def test_an_empty_fund_says_nothing_is_left(place):
    fund = FundingSchemeFactory(partner=place.product.partner)
    OfferFactory(product=place.product, scheme=fund)

    with pytest.raises(ValidationError, match="has Rs 0 left"):
        voted(place, application_of(place, fund, **guaranteed()))


# Money of the funder


def money(fund, by, **facts):
    told = {"kind": "received", "amount": 5000, "on": dt.date(2026, 10, 1), "paper": "FD/12"} | facts
    return purse.write_down(scheme=fund, by=by, **told)


def test_money_counts_when_a_second_person_agreed(place, fund):
    entry = money(fund, place.staff.area)
    before = purse_of(fund).received

    agreed = purse.agree(entry=entry, by=colleague(Role.PROGRAMME_MANAGER))
    again = purse.agree(entry=entry, by=place.staff.area)

    assert (before, purse_of(fund).received) == (100_000, 105_000)
    assert again == agreed
    assert list(Event.objects.order_by("pk").values_list("name", "data")) == [
        ("loans.money_written", {"amount": 5000}),
        ("loans.money_agreed", {"amount": 5000}),
    ]


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("area", True), ("officer", False), ("manager", False), ("cashier", False), ("elsewhere", False)],
)
def test_who_writes_money_down(place, fund, who, allowed):
    by = lender().staff.area if who == "elsewhere" else getattr(place.staff, who)

    if allowed:
        assert money(fund, by).amount == 5000
    else:
        with pytest.raises(PermissionDenied):
            money(fund, by)


@pytest.mark.parametrize("who", ["writer", "elsewhere", "manager"])
def test_who_does_not_agree(place, fund, who):
    entry = money(fund, place.staff.area)
    by = {"writer": place.staff.area, "elsewhere": lender().staff.area, "manager": place.staff.manager}[who]

    with pytest.raises(PermissionDenied):
        purse.agree(entry=entry, by=by)


def test_money_of_a_day_to_come_is_not_there_yet(place, fund):
    with pytest.raises(ValidationError) as refusal:
        money(fund, place.staff.area, on=timezone.localdate() + dt.timedelta(days=1))

    assert problems(refusal) == {"on": ["This day has not come yet."]}


def test_what_is_promised_or_lent_does_not_go_back(place, fund):
    application_of(place, fund, **approved(amount=95_000, amount_wanted=95_000))
    some = money(fund, place.staff.area, kind="returned", amount=5001)
    rest = money(fund, place.staff.area, kind="returned", amount=5000, paper="FD/13")
    by = colleague(Role.PROGRAMME_MANAGER)

    with pytest.raises(ValidationError) as refusal:
        purse.agree(entry=some, by=by)
    purse.agree(entry=rest, by=by)

    assert problems(refusal) == ["The fund has Rs 5,000 that is not promised or lent. More cannot go back."]
    assert purse_of(fund).left == 0


def test_one_paper_is_written_down_once(place, fund):
    """In whatever digits: two people who agreed one each would count it twice."""
    money(fund, place.staff.area, paper="FD/۱۲")

    with pytest.raises(ValidationError, match="written down already"):
        money(fund, place.staff.area, paper=" FD/12")


@pytest.mark.xfail(strict=True, reason="the control: without the constraint", raises=pytest.fail.Exception)
def test_one_paper_is_written_down_once_control(place, fund, monkeypatch):
    monkeypatch.setattr("loans.actions.purse.save", lambda entry, **how: entry.save(**how))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE loans_purseentry DROP CONSTRAINT loans_paper_of_a_funder_once")

    test_one_paper_is_written_down_once(place, fund)


@pytest.mark.parametrize(("typed", "amount"), [("25,000,000,000", 25 * 10**9), ("1000000000000", 10**12)])
def test_large_money_is_written_down_whole(place, fund, signed_in, typed, amount):
    told = {"kind": "received", "amount": typed, "on": "01/10/2026", "paper": "FD/9"}

    send(signed_in(place.staff.area), url("money-create", fund.pk), **told)

    assert fund.purse.get(checked_by=None).amount == amount


@pytest.mark.parametrize("typed", ["1000000000001", "9" * 40])
def test_more_than_any_fund_is_refused(place, fund, signed_in, typed):
    told = {"kind": "received", "amount": typed, "on": "01/10/2026", "paper": "FD/9"}

    answer = send(signed_in(place.staff.area), url("money-create", fund.pk), **told)

    assert (fund.purse.filter(checked_by=None).count(), "1,000,000,000,000 or less" in text_of(answer)) == (0, True)


# Pages


def url(name, *args):
    return reverse(f"loans:{name}", args=args)


def test_each_sum_opens_to_its_rows(place, fund, signed_in):
    promised = application_of(place, fund, **approved(amount=6000))
    given = LoanFactory(application=disbursed(branch=place.branch, product=place.product, scheme=fund), paid_total=1000)
    elsewhere = {"product": place.product, "scheme": fund, "branch": lender().branch}
    ApplicationFactory(**elsewhere, **approved(amount=6000))
    client = signed_in(place.staff.manager)

    shown = {show: client.get(url("fund-detail", fund.pk), {"show": show}).context["page"] for show in
             ("money", "promised", "given")}  # fmt: skip

    names = {
        show: [cell["text"] for group in page.groups for row in group["rows"] for cell in row["cells"]
               if cell.get("kind") == "who"]
        for show, page in shown.items()
    }  # fmt: skip
    assert names == {
        "money": ["received from the funder"],
        "promised": [promised.person.name],
        "given": [given.person.name],
    }
    assert {show: page.hidden for show, page in shown.items()} == {"money": 0, "promised": 1, "given": 0}


def test_a_fund_is_its_lenders_and_the_programmes(place, fund, signed_in):
    statuses = [
        signed_in(by).get(url("fund-detail", fund.pk)).status_code
        for by in (place.staff.officer, lender().staff.officer, colleague(Role.AUDITOR))
    ]

    assert statuses == [200, 404, 200]


def test_money_from_the_page_to_the_purse(place, fund, signed_in):
    client, path = signed_in(place.staff.area), url("money-create", fund.pk)
    typed = {"kind": "received", "amount": "25,000", "on": "01/10/2026", "paper": "FD/7"}

    unsaid = send(client, path, **typed | {"paper": "", "amount": "abc"})
    saved = send(client, path, **typed)
    page = client.get(url("fund-detail", fund.pk))

    assert (unsaid.status_code, "abc" in unsaid.text, saved.status_code) == (200, True, 302)
    entry = fund.purse.get(checked_by=None)
    assert (entry.amount, "FD/7" in page.text, url("money-agree", entry.pk) in page.text) == (25_000, True, False)
    second = signed_in(colleague(Role.PROGRAMME_MANAGER))
    assert url("money-agree", entry.pk) in second.get(url("fund-detail", fund.pk)).text
    send(second, url("money-agree", entry.pk))
    assert purse_of(fund).received == 125_000


def test_what_cannot_go_back_is_said_on_the_funds_page(place, fund, signed_in):
    entry = money(fund, place.staff.area, kind="returned", amount=100_001)

    answer = signed_in(colleague(Role.PROGRAMME_MANAGER)).post(url("money-agree", entry.pk), follow=True)

    assert "More cannot go back." in answer.text


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_list_of_funds_takes_as_many_queries_for_any_number(
    place, signed_in, number, django_assert_max_num_queries
):
    FundingSchemeFactory.create_batch(number, partner=place.product.partner)
    client = signed_in(place.staff.officer)
    client.get(url("fund-list"))

    with django_assert_max_num_queries(14):
        client.get(url("fund-list"))


def test_loans_of_before_came_out_of_the_lenders_own_fund(place):
    assert Loan.objects.filter(scheme=None).count() == 0
    assert set(Offer.objects.filter(scheme__code="aim-own").values_list("is_open", flat=True)) == {True}
    others = Offer.objects.filter(scheme__partner__code="aim").exclude(scheme__code="aim-own")
    assert set(others.values_list("is_open", "scheme__is_verified")) == {(False, False)}
    assert ProductFactory().offers.count() == 1

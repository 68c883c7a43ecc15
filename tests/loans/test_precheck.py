"""What is said before anybody applies: every rule once, and the same that refuses later."""

import datetime as dt
from functools import partial

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import OfficeDistrict
from accounts.roles import Role
from casework.models import BusinessPlan, Case
from enterprises.models import Enterprise, Person
from journal.events import ADVISORS, record
from kit.days import months_after
from loans import precheck
from loans.actions import offers
from loans.conditions import conditions
from loans.guarantee import guarantors_left
from loans.known import Known
from loans.models import FinancingPartner, FundingScheme, Offer, Product, RefusalReason
from loans.pages.precheck import of_case
from loans.precheck import RULES, Answer, Asking, Holds, check
from places.models import District
from tests.factories.accounts import EntrepreneurUserFactory, colleague
from tests.factories.enterprises import (
    ConsentFactory,
    EnterpriseFactory,
    FamilyQuestionFactory,
    GrantFactory,
    HouseholdFactory,
    OwnershipFactory,
    PersonFactory,
    ResidenceFactory,
    district,
    system,
)
from tests.factories.loans import (
    ApplicationFactory,
    FundingSchemeFactory,
    GuarantorFactory,
    LoanFactory,
    OfferFactory,
    ProductFactory,
    bring_papers,
    lender,
    referral,
    refused,
    visited,
)
from tests.loans.test_views import send, text_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 2)
PASS, FAIL, UNKNOWN = Answer.PASS, Answer.FAIL, Answer.UNKNOWN


# Each rule by itself


@pytest.mark.parametrize(
    ("born", "months", "answer"),
    [
        (None, 6, UNKNOWN),
        (2009, 6, FAIL),
        (2008, 6, UNKNOWN),
        (2007, 6, PASS),
        (1964, 1, PASS),
        (1963, 1, UNKNOWN),
        (1963, 2, FAIL),
    ],
)
def test_age_now_and_at_the_last_instalment(born, months, answer):
    """From 18 up to 62; by the year alone nobody is refused who may be within."""
    scheme = FundingScheme(least_age=18, most_age=62)

    assert precheck.age(scheme, born=born, months=months, on=DAY).answer == answer


@given(
    born=st.dates(dt.date(1940, 1, 1), dt.date(2015, 12, 31)),
    months=st.integers(1, 60),
    on=st.dates(dt.date(2026, 1, 1), dt.date(2028, 12, 31)),
)
def test_what_the_year_says_holds_for_every_day_of_it(born, months, on):
    """Against the day itself, which is on no record: who is refused is outside, and who passes is within."""

    def age_at(day):
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    is_within = age_at(on) >= 18 and age_at(months_after(on, months)) <= 62
    said = precheck.age(FundingScheme(least_age=18, most_age=62), born=born.year, months=months, on=on).answer

    assert said == UNKNOWN or is_within == (said == PASS)


def test_a_fund_without_ages_lends_at_any():
    said = precheck.age(FundingScheme(), born=None, months=6, on=DAY)

    assert (said.answer, said.text) == (PASS, "This fund sets no age.")


def test_the_applicant_reads_you_and_colleagues_read_the_applicant():
    outside = partial(precheck.age, FundingScheme(least_age=18), born=2015, months=6, on=DAY)

    assert [outside(is_own=own).text for own in (False, True)] == [
        "This fund lends from 18, and the applicant was born in 2015. Choose another kind of loan.",
        "This fund lends from 18, and you were born in 2015. Choose another kind of loan.",
    ]


PRODUCT = {"guarantors_needed": 2, "step_months": 1, "multiple": 1, "rounding": "nearest"}
PARTNER = {"most_loans": 0, "most_guarantees": 2, "most_at_home": 0}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (lambda: precheck.offered(True), PASS),
        (lambda: precheck.offered(False), FAIL),
        (lambda: precheck.fund(FundingScheme(opens_on=DAY), on=DAY), PASS),
        (lambda: precheck.fund(FundingScheme(opens_on=dt.date(2026, 11, 3)), on=DAY), FAIL),
        (lambda: precheck.plan(None), FAIL),
        (lambda: precheck.plan(None, is_own=True), FAIL),
        (lambda: precheck.plan(BusinessPlan(state="submitted")), FAIL),
        (lambda: precheck.plan(BusinessPlan(state="approved")), PASS),
        (lambda: precheck.agreement(None), UNKNOWN),
        (lambda: precheck.agreement(True), PASS),
        (lambda: precheck.agreement(False), FAIL),
        (lambda: precheck.guarantors(Product(guarantors_needed=0), left=None), PASS),
        (lambda: precheck.guarantors(Product(**PRODUCT), left=None), UNKNOWN),
        (lambda: precheck.guarantors(Product(**PRODUCT, family_may_guarantee=True), left=1), FAIL),
        (lambda: precheck.guarantors(Product(**PRODUCT), left=0), PASS),
        (lambda: precheck.card(Person(cnic_standing="verified", cnic="3630248291065")), PASS),
        (lambda: precheck.card(Person(cnic_standing="claimed", cnic="3630248291065")), UNKNOWN),
        (lambda: precheck.card(Person(cnic_standing="claimed", cnic="3630248291065"), is_own=True), UNKNOWN),
        (lambda: precheck.card(Person(cnic_standing="none", cnic=None)), FAIL),
        (lambda: precheck.card(Person(cnic_standing="none", cnic=None), is_own=True), FAIL),
        (precheck.card_valid, UNKNOWN),
        (lambda: precheck.card_valid(is_own=True), UNKNOWN),
        (lambda: precheck.papers([]), PASS),
        (lambda: precheck.papers(["Utility bill"]), FAIL),
        (lambda: precheck.course(False, False), PASS),
        (lambda: precheck.course(True, True), PASS),
        (lambda: precheck.course(True, False), FAIL),
        (lambda: precheck.money(FundingScheme(is_counted=False), left=0, amount=1), PASS),
        (lambda: precheck.money(FundingScheme(is_counted=True), left=6000, amount=6000), PASS),
        (lambda: precheck.money(FundingScheme(is_counted=True), left=5999, amount=6000), FAIL),
        (lambda: precheck.area(True, district="Multan"), PASS),
        (lambda: precheck.area(False, district="Multan"), UNKNOWN),
        (lambda: precheck.active(Enterprise(stage="running")), PASS),
        (lambda: precheck.active(Enterprise(stage="idea")), UNKNOWN),
        (lambda: precheck.loans(FinancingPartner(**PARTNER), running=0), PASS),
        (lambda: precheck.loans(FinancingPartner(**PARTNER), running=1), FAIL),
        (lambda: precheck.loans(FinancingPartner(most_loans=1), running=1), PASS),
        (lambda: precheck.loans(FinancingPartner(), running=9), PASS),
        (lambda: precheck.guarantees(FinancingPartner(**PARTNER), running=0), PASS),
        (lambda: precheck.guarantees(FinancingPartner(**PARTNER), running=2), PASS),
        (lambda: precheck.guarantees(FinancingPartner(**PARTNER), running=3), FAIL),
        (lambda: precheck.household(FinancingPartner(**PARTNER), owing=None), UNKNOWN),
        (lambda: precheck.household(FinancingPartner(**PARTNER), owing=0), PASS),
        (lambda: precheck.household(FinancingPartner(**PARTNER), owing=1), FAIL),
        (lambda: precheck.household(FinancingPartner(), owing=1), PASS),
        (lambda: precheck.application(False), PASS),
        (lambda: precheck.application(True), FAIL),
        (lambda: precheck.again(None, on=DAY), PASS),
        (lambda: precheck.again(DAY, on=DAY), PASS),
        (lambda: precheck.again(dt.date(2026, 11, 3), on=DAY), FAIL),
    ],
)
def test_each_rule_says_why_and_what_to_do(said, answer):
    verdict = said()

    assert (verdict.answer, bool(verdict.reason)) == (answer, True)
    assert (bool(verdict.remedy), verdict.holder is None) == (answer != PASS, answer == PASS)


@pytest.mark.parametrize(
    ("amount", "months", "income", "paying", "share", "answer"),
    [
        (6000, 6, 2000, 0, 50, PASS),
        (6000, 6, 1999, 0, 50, FAIL),
        (6000, 6, 2000, 1, 50, FAIL),
        (6000, 6, 1000, 0, None, PASS),
        (6000, 6, 999, 0, None, FAIL),
        (6000, 6, -500, 0, 50, FAIL),
        (6000, 6, None, 0, 50, UNKNOWN),
        (6000, 7000, 2000, 0, 50, UNKNOWN),
    ],
)
def test_the_instalment_against_what_is_left_a_month(amount, months, income, paying, share, answer):  # noqa: PLR0917
    """With what running loans take already; the share is the product's own."""
    said = precheck.instalment(
        Product(**PRODUCT, most_share=share), amount=amount, months=months, income=income, paying=paying
    )

    assert said.answer == answer


def test_a_loan_paid_every_six_months_is_counted_by_the_month():
    harvest = Product(**PRODUCT | {"step_months": 6}, most_share=50)

    said = [precheck.instalment(harvest, amount=6000, months=6, income=left, paying=0) for left in (2000, 1999)]

    assert [one.answer for one in said] == [PASS, FAIL]
    assert said[0].reason == "Rs 6,000 every 6 months. The business leaves Rs 2,000 a month."


# What is known of somebody


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def sent(place):
    return referral(branch=place.branch)


def asked(place, sent, *, reader=None, application=None, amount=6000, months=6):
    person = Person.objects.get(pk=sent.case.person_id)
    scheme, branch = place.offer.scheme, place.branch
    on, reader = timezone.localdate(), reader or place.staff.officer
    known = Known(person, sent.case.enterprise, [scheme], reader, on, branch, sent.case, application)
    return check(Asking(known, place.offer, amount, months))


def fails(said):
    return {code for code, verdict in said.items() if verdict.fails}


@pytest.mark.parametrize(("left", "is_short"), [(0, False), (-1, True)], ids=["enough for the most", "the control"])
def test_an_amount_that_nobody_lends_tells_nothing_of_the_fund(place, sent, monkeypatch, left, is_short):
    most = place.offer.most
    place.offer.scheme.is_counted = True
    monkeypatch.setattr(Known, "purses", {place.offer.scheme_id: most + left})

    said = fails(asked(place, sent, amount=most + 1))

    assert ("terms" in said, "money" in said) == (True, is_short)


def test_what_is_known_before_anybody_applies(place, sent):
    OfficeDistrict.objects.create(office=place.branch, district=sent.case.enterprise.district, from_on=DAY)

    said = asked(place, sent)

    assert fails(said) == {"papers"}
    assert {code for code, verdict in said.items() if verdict.answer == UNKNOWN} == {
        "card", "card-valid", "household", "guarantors", "agreement",
    }  # fmt: skip


def test_the_persons_loans_guarantees_and_applications_count(place, sent):
    FinancingPartner.objects.filter(pk=place.product.partner_id).update(most_loans=0, most_guarantees=0)
    place.offer.product.partner.refresh_from_db()
    person = sent.case.person
    lent_to(person)
    ended = lent_to(person)
    type(ended).objects.filter(pk=ended.pk).update(ended_on=DAY, ended_as="repaid", paid_total=6000)
    GuarantorFactory(application=ApplicationFactory(**visited()), person=person)
    GuarantorFactory(application=ApplicationFactory(**refused()), person=person)
    GuarantorFactory(application=ApplicationFactory(**visited()), person=person, is_named=False)
    GuarantorFactory(application=ApplicationFactory(**visited()), person=person, consent="", consented_at=None)
    ApplicationFactory(person=person, enterprise=sent.case.enterprise, product=place.product, branch=place.branch)

    said = asked(place, sent)

    assert fails(said) == {"papers", "loans", "guarantees", "application"}
    assert [said[code].reason for code in ("loans", "guarantees")] == [
        "1 earlier loan is still being repaid.", "Vouches for 1 loan of others.",
    ]  # fmt: skip


def place_elsewhere():
    return District.objects.exclude(pk=district().pk).first()


def lent_to(person):
    loan = LoanFactory()
    type(loan).objects.filter(pk=loan.pk).update(person=person)
    loan.person = person
    return loan


def test_the_last_refusals_day_counts_as_the_newest_says(place, sent):
    old = {"decided_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC), "ask_again_on": dt.date(2099, 1, 1)}
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    facts = {"person": sent.case.person, "enterprise": sent.case.enterprise}
    ApplicationFactory(**facts, **refused(**old))
    ApplicationFactory(**facts, **refused(ask_again_on=tomorrow))

    with time_machine.travel(dt.datetime.combine(tomorrow, dt.time(9), tzinfo=dt.UTC), tick=False):
        after = asked(place, sent)

    assert ("again" in fails(asked(place, sent)), "again" in fails(after)) == (True, False)


def test_what_is_at_home_is_said_to_whoever_may_read_of_the_family_alone(place, sent):
    """And of nobody by name. The applicant asks at home: no record tells them what a relative did not."""
    person, home = sent.case.person, HouseholdFactory()
    FinancingPartner.objects.filter(pk=place.product.partner_id).update(most_at_home=0)
    place.offer.product.partner.refresh_from_db()
    for one in (person, *(loan.person for loan in (LoanFactory(), LoanFactory()))):
        ResidenceFactory(person=one, household=home)
    vouching = GuarantorFactory(application=ApplicationFactory(**visited()))
    ResidenceFactory(person=vouching.person, household=home)
    ResidenceFactory(person=PersonFactory(), household=home)
    GrantFactory(enterprise=sent.case.enterprise, office=place.branch, purpose="application")
    FamilyQuestionFactory(person=person)

    said = [asked(place, sent, reader=reader)["household"] for reader in (
        place.staff.officer, place.staff.cashier, person.user,
    )]  # fmt: skip

    assert [one.answer for one in said] == [FAIL, UNKNOWN, UNKNOWN]
    assert said[0].reason == "3 others in the household repay a loan or vouch for one."


@pytest.mark.parametrize("number", [1, 3, 500])
def test_the_check_asks_as_often_whatever_there_is(place, sent, number, django_assert_num_queries):
    """As many queries for one at home as for five hundred."""
    person, home = sent.case.person, HouseholdFactory()
    ResidenceFactory(person=person, household=home)
    ResidenceFactory(person=lent_to(PersonFactory()).person, household=home)
    lent_to(person)
    for _one in range(number):
        ResidenceFactory(household=home)
    GrantFactory(enterprise=sent.case.enterprise, office=place.branch, purpose="application")
    FamilyQuestionFactory(person=person)
    officer = place.staff.officer
    asked(place, sent, reader=officer)

    with django_assert_num_queries(20):
        said = asked(place, sent, reader=officer)

    assert said["household"].reason == "1 other in the household repays a loan or vouches for one."


# The same rules refuse later


FACTS = {
    "born": st.sampled_from([None, 1955, 1963, 1964, 1990, 2007, 2008, 2009, 2012]),
    "amount": st.sampled_from([999, 1000, 6000, 60_000, 60_001]),
    "months": st.sampled_from([1, 6, 7, 36, 37]),
    "ages": st.sampled_from([(None, None), (18, 62), (21, 45)]),
    "is_open": st.booleans(),
    "is_late": st.booleans(),
    "is_elsewhere": st.booleans(),
    "plan_state": st.sampled_from(["approved", "submitted"]),
    "standing": st.sampled_from(["claimed", "verified"]),
    "agrees": st.booleans(),
    "vouching": st.integers(0, 2),
    "has_course": st.booleans(),
    "has_papers": st.booleans(),
}


def law(
    *, born, amount, months, ages, is_open, is_late, is_elsewhere, plan_state, standing, agrees, vouching, has_course,
    has_papers,
):  # fmt: skip
    """Nothing that refuses fails in the check, exactly where neither `check_offer` nor a condition says a word."""
    place = lender(guarantors_needed=1, requires_course=True, max_amount=60_000)
    scheme = place.offer.scheme
    scheme.least_age, scheme.most_age = ages
    scheme.closes_on = dt.date(2026, 1, 1) if is_late else None
    scheme.save()
    if is_elsewhere:
        scheme.districts.add(place_elsewhere())
    Offer.objects.filter(pk=place.offer.pk).update(is_open=is_open)
    sent = referral(branch=place.branch, plan_state=plan_state)
    Person.objects.filter(pk=sent.case.person_id).update(birth_year=born, cnic_standing=standing)
    sent.case.person.refresh_from_db()
    application = ApplicationFactory(
        person=sent.case.person,
        enterprise=sent.case.enterprise,
        product=place.product,
        branch=place.branch,
        business_plan=sent.business_plan,
        **visited(household_agrees=agrees),
    )
    for _one in range(vouching):
        GuarantorFactory(application=application)
    if has_course:
        record("training.certified", target=sent.case.enterprise, by=system(), audience={ADVISORS})
    if has_papers:
        bring_papers(application)
    where = sent.case.enterprise.district
    try:
        offers.check_offer(
            offer=place.offer,
            branch=place.branch,
            district=where,
            person=sent.case.person,
            amount=amount,
            months=months,
        )
        refusal = False
    except ValidationError:
        refusal = True
    unmet = {str(one.label) for one in conditions(application, guarantors_left(application)) if not one.is_met}

    said = asked(place, sent, application=application, amount=amount, months=months)

    holds = {rule.code: rule.holds for rule in RULES}
    assert refusal == any(said[code].fails for code in said if holds[code] == Holds.RECEIPT)
    lacking = {str(rule.label) for rule in RULES if rule.holds == Holds.PAYOUT and not said[rule.code].is_met}
    assert unmet == lacking


class Law(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.fixed_dictionaries(FACTS))
    def test_the_check_says_beforehand_what_refuses_later(self, facts):
        law(**facts)


TOO_OLD = {
    "born": 1955, "amount": 6000, "months": 6, "ages": (18, 62), "is_open": True, "is_late": False,
    "is_elsewhere": False, "plan_state": "approved", "standing": "verified", "agrees": True, "vouching": 1,
    "has_course": True, "has_papers": True,
}  # fmt: skip


@pytest.mark.parametrize("changes", [{}, {"born": 1990}, {"is_elsewhere": True}, {"has_papers": False}])
def test_the_law_of_chosen_facts(changes):
    law(**TOO_OLD | changes)


@pytest.mark.xfail(strict=True, reason="the control: a second copy of the rule that forgot the ages")
def test_the_law_of_chosen_facts_control(monkeypatch):
    monkeypatch.setattr(offers, "check_fund", lambda **facts: None)

    law(**TOO_OLD)


# What a year of refusals would have been spared


def test_earlier_loans_are_found_before_they_are_refusals(place):
    """L1: 13 to 14 of a hundred refusals were for an earlier loan. The check says each of them, and none of others."""
    FinancingPartner.objects.filter(pk=place.product.partner_id).update(most_loans=0)
    place.offer.product.partner.refresh_from_db()
    reason = RefusalReason.objects.get(code="existing-loan")
    others = RefusalReason.objects.exclude(rule="loans").first()
    caught = []
    for number in range(15):
        sent = referral(branch=place.branch)
        is_owing = number < 2
        if is_owing:
            lent_to(sent.case.person)
        for_what = refused(refusal=reason if is_owing else others)
        ApplicationFactory(person=sent.case.person, enterprise=sent.case.enterprise, product=place.product, **for_what)
        caught.append(asked(place, sent)[reason.rule].fails)

    assert (sum(caught), caught[:2], round(100 * sum(caught) / 15)) == (2, [True, True], 13)


def test_each_reason_of_the_lists_names_a_rule_or_none():
    assert {reason.rule for reason in RefusalReason.objects.all()} - {rule.code for rule in RULES} == {""}


def test_the_lenders_limits_are_seeded_and_not_verified():
    partner, own = FinancingPartner.objects.get(code="aim"), FundingScheme.objects.get(code="aim-own")

    assert (partner.most_loans, partner.most_guarantees, partner.most_at_home, partner.is_check_verified) == (
        0,
        2,
        0,
        False,
    )
    assert (own.least_age, own.most_age, own.is_verified) == (18, 62, False)
    assert set(Product.objects.filter(partner=partner).values_list("most_share", "is_verified")) == {(50, False)}


# The page of whoever wants a loan


def own_of(sent, signed_in):
    return signed_in(sent.case.person.user)


def asked_on_page(own, place, **changes):
    typed = {"offer": place.offer.pk, "amount": "6,000", "months": "6"} | changes
    return own.get(reverse("loans:my-check"), typed)


def test_the_page_says_before_anything_what_comes_and_that_it_costs_nothing(sent, signed_in):
    page = text_of(own_of(sent, signed_in).get(reverse("loans:my-check")))

    for said in ("The lender comes to your home", "Nothing costs anything", "Nobody needs an agent"):
        assert said in page
    assert "To settle first" not in page


def test_the_page_says_what_to_do_and_who_does_it(place, sent, signed_in):
    answer = asked_on_page(own_of(sent, signed_in), place)
    page = answer.context["page"]

    assert [str(line["label"]) for line in page.failing] == ["Papers for the loan"]
    assert page.failing[0]["holder"] == "You"
    assert {line["holder"] for line in page.unknown} <= {"You", "Your advisor", f"Your advisor {sent.case.advisor}"}
    assert "1 thing to settle first." in text_of(answer)


def test_the_page_works_before_there_is_an_advisor(place, signed_in):
    owned = OwnershipFactory(person=PersonFactory(user=EntrepreneurUserFactory()))

    page = asked_on_page(signed_in(owned.person.user), place, income="2,000").context["page"]

    assert [str(line["label"]) for line in page.failing] == ["Business plan approved by SMEDA", "Papers for the loan"]
    assert page.failing[0]["remedy"] == "Your advisor writes it with you. It costs nothing."
    assert "Instalment and income" in {str(line["label"]) for line in page.passed}


def test_a_household_gives_no_answer_to_whoever_asks_for_themselves(place, sent, signed_in):
    home = HouseholdFactory()
    for person in (sent.case.person, lent_to(PersonFactory()).person):
        ResidenceFactory(person=person, household=home)
    FamilyQuestionFactory(person=sent.case.person)

    page = asked_on_page(own_of(sent, signed_in), place).context["page"]

    (line,) = [line for line in page.unknown if str(line["label"]) == "Loans in the household"]
    assert line["remedy"] == "Ask at home, and tell the officer."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "much"}, "amount"),
        ({"months": "0"}, "months"),
        ({"offer": "x"}, "offer"),
        ({"income": "-1"}, "income"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(place, sent, signed_in, changes, field):
    answer = asked_on_page(own_of(sent, signed_in), place, **changes)

    assert (set(answer.context["form"].errors), answer.context["page"]) == ({field}, None)
    assert changes[field] in answer.content.decode() or field == "offer"


def test_another_owners_plan_is_theirs(place, sent, signed_in):
    partner = PersonFactory(user=EntrepreneurUserFactory())
    OwnershipFactory(person=partner, enterprise=sent.case.enterprise, is_contact=False)

    page = asked_on_page(signed_in(partner.user), place).context["page"]

    assert "Business plan approved by SMEDA" in {str(line["label"]) for line in page.failing}


def test_of_two_businesses_the_one_that_was_asked_for(sent, signed_in):
    other = OwnershipFactory(person=sent.case.person, enterprise=EnterpriseFactory(reference="MUL-4827")).enterprise
    own = own_of(sent, signed_in)

    found = [own.get(reverse("loans:my-check"), {"ref": ref}).context["enterprise"] for ref in (
        sent.case.enterprise.reference, "MUL-4827", "",
    )]  # fmt: skip

    assert found == [sent.case.enterprise, other, other]


def test_without_a_business_the_page_leads_home(signed_in):
    person = PersonFactory(user=EntrepreneurUserFactory())

    answer = signed_in(person.user).get(reverse("loans:my-check"))

    assert (answer.status_code, answer["Location"]) == (302, reverse("portal:my"))


@pytest.mark.parametrize("number", [1, 3, 500])
def test_the_page_asks_as_often_for_any_number_of_offers(place, sent, signed_in, number, django_assert_num_queries):
    Offer.objects.bulk_create(
        Offer(product=place.product, scheme=scheme)
        for scheme in FundingSchemeFactory.create_batch(number, partner=place.product.partner)
    )
    own = own_of(sent, signed_in)
    asked_on_page(own, place)

    with django_assert_num_queries(22):
        asked_on_page(own, place)


# Before a case goes to the lender


@pytest.fixture
def ready(place):
    """A client whom nothing keeps from being referred to the branch."""
    sent = referral(branch=place.branch)
    case = sent.case
    sent.delete()
    ConsentFactory(person=case.person, kind="share")
    district_of = case.enterprise.district
    OfficeDistrict.objects.create(office=place.branch, district=district_of, from_on=DAY)
    Offer.objects.exclude(pk=place.offer.pk).update(is_open=False)
    return case


def refer_page(case):
    return reverse("casework:referral-create", args=[case.pk])


def test_the_advisor_reads_what_would_be_refused_and_for_which_loan(place, ready, signed_in):
    fund = FundingSchemeFactory(partner=place.product.partner, least_age=18, most_age=30)
    young = OfferFactory(product=ProductFactory(partner=place.product.partner, name="For the young"), scheme=fund)
    Offer.objects.filter(product=young.product).exclude(pk=young.pk).update(is_open=False)
    Person.objects.filter(pk=ready.person_id).update(birth_year=1980)
    case = Case.objects.get(pk=ready.pk)

    check = of_case(case, reader=case.advisor, on=DAY)

    assert check.offers == [
        {"label": place.product.label, "fund": place.offer.scheme.label, "fails": []},
        {"label": "For the young", "fund": fund.label, "fails": ["Money in the fund", "Age"]},
    ]
    assert not check.is_reason_asked
    assert [str(line["label"]) for line in check.best.failing] == ["Papers for the loan"]


def test_a_case_without_a_plan_or_an_offer_is_not_checked(ready):
    Offer.objects.update(is_open=False)
    assert of_case(ready, reader=ready.advisor, on=DAY) is None

    ready.business_plans.update(state="submitted", approved_by=None, approved_at=None)
    Offer.objects.update(is_open=True)
    assert of_case(Case.objects.get(pk=ready.pk), reader=ready.advisor, on=DAY) is None


def owing(place, case):
    FinancingPartner.objects.filter(pk=place.product.partner_id).update(most_loans=0)
    lent_to(case.person)
    # That loan's own lender would lend beside it.
    Offer.objects.exclude(pk=place.offer.pk).update(is_open=False)


def advisor_at(case, signed_in):
    advisor = colleague(Role.ADVISOR, districts=[case.enterprise.district])
    Case.objects.filter(pk=case.pk).update(advisor=advisor)
    return signed_in(advisor)


def test_what_the_lender_would_refuse_is_sent_with_a_reason(place, ready, signed_in):
    """Never blocked, and never in silence."""
    owing(place, ready)
    client = advisor_at(ready, signed_in)
    chosen = {"to_office": place.branch.code, "version": ready.version, "is_told": "on"}

    asked = send(client, refer_page(ready), **chosen)
    sent = send(client, refer_page(ready), **chosen, why_anyway="The last instalment is paid tomorrow.")

    assert asked.context["form"].errors == {"why_anyway": ["Write why, or settle it first."]}
    assert (sent.status_code, ready.referrals.get().why_anyway) == (302, "The last instalment is paid tomorrow.")
    page = signed_in(place.staff.officer).get(reverse("loans:referral-detail", args=[ready.referrals.get().pk]))
    assert "The last instalment is paid tomorrow." in text_of(page)


def sent_at_once(place, ready, signed_in):
    owing(place, ready)
    send(
        advisor_at(ready, signed_in),
        refer_page(ready),
        to_office=place.branch.code,
        version=ready.version,
        is_told="on",
    )
    assert ready.referrals.count() == 0


@pytest.mark.xfail(strict=True, reason="the control: nobody asks for a reason")
def test_what_the_lender_would_refuse_is_sent_with_a_reason_control(place, ready, signed_in, monkeypatch):
    monkeypatch.setattr("casework.panels.asks_reason", lambda shown: False)

    sent_at_once(place, ready, signed_in)


def test_what_the_lender_would_refuse_is_not_sent_without_a_reason(place, ready, signed_in):
    sent_at_once(place, ready, signed_in)


def test_what_fits_asks_for_no_reason(place, ready, signed_in):
    client = advisor_at(ready, signed_in)

    assert "why_anyway" not in client.get(refer_page(ready)).context["form"].fields
    assert (
        send(client, refer_page(ready), to_office=place.branch.code, version=ready.version, is_told="on").status_code
        == 302
    )

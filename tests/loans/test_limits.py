"""The approval matrix: whose yes carries which amount, said before the vote and held at it."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from loans import limits
from loans.actions import committee
from loans.limits import level_needed, level_of, matrix_of
from loans.models import ApprovalLimit, Level, Product, RefusalReason
from tests.factories.accounts import colleague
from tests.factories.loans import ApplicationFactory, ApprovalLimitFactory, ProductFactory, guaranteed, lender
from tests.loans.test_models import refused_by
from tests.loans.test_views import text_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def partner(place):
    """A lender whose branch managers carry Rs 5,000 and area managers Rs 10,000."""
    partner = place.product.partner
    ApprovalLimitFactory(partner=partner)
    ApprovalLimitFactory(partner=partner, level="area", up_to=10_000)
    return partner


def waiting(place, **attributes):
    return ApplicationFactory(product=place.product, branch=place.branch, **guaranteed(**attributes))


def vote(application, by, **attributes):
    facts = {"approves": True, "amount": application.amount_wanted} | attributes
    return committee.vote(application=application, version=application.version, by=by, **facts)


def second_manager(place):
    return colleague(Role.BRANCH_MANAGER, office=place.branch, full_name="Acting manager")


def check_waits(place):
    """Two branch managers agree to Rs 6,000, of which their yes carries 5,000."""
    application = waiting(place)
    vote(application, place.staff.manager)
    made = vote(application, second_manager(place))
    assert made.state == "guaranteed"
    return made


def test_yes_of_who_does_not_carry_the_amount_waits_for_who_does(place, partner):
    made = check_waits(place)

    approved = vote(made, place.staff.area)

    assert [approved.state, approved.amount_approved, approved.decided_by] == ["approved", 6000, place.staff.area]
    assert list(approved.votes.values_list("level", flat=True)) == ["branch", "branch", "area"]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="control: the limits are not asked")
def test_yes_that_does_not_carry_control(place, partner, monkeypatch):
    monkeypatch.setattr(limits, "level_needed", lambda amount, matrix: Level.BRANCH)

    check_waits(place)


def test_smaller_amount_needs_no_higher_yes(place, partner):
    application = waiting(place)
    vote(application, place.staff.manager, amount=5000)

    assert vote(application, second_manager(place)).state == "approved"


def test_who_carries_it_may_say_no_after_the_others(place, partner):
    reason = RefusalReason.objects.exclude(needs_text=True).first()

    refused = vote(check_waits(place), place.staff.area, approves=False, amount=None, refusal=reason)

    assert refused.state == "refused"


def test_without_limits_the_number_of_votes_decides(place):
    application = waiting(place)
    vote(application, place.staff.manager)

    assert vote(application, second_manager(place)).state == "approved"


def test_level_of_a_member(place):
    application = waiting(place)
    head = colleague(Role.AREA_MANAGER, office=application.partner.office, full_name="Head")

    found = [level_of(user, application) for user in (place.staff.manager, place.staff.area, head)]

    assert found == [Level.BRANCH, Level.AREA, Level.HEAD]


@pytest.mark.parametrize(("amount", "needed"), [(5000, "branch"), (5001, "area"), (10_000, "area"), (10_001, "head")])
def test_level_needed(place, partner, amount, needed):
    assert level_needed(amount, matrix_of(waiting(place), on=TODAY())) == needed


def test_limits_of_a_product_take_the_place_of_the_general_ones(place, partner):
    ApprovalLimitFactory(partner=partner, product=place.product, level="area", up_to=None)
    matrix = matrix_of(waiting(place), on=TODAY())

    assert [(row.level, row.up_to) for row in matrix] == [("area", None)]
    assert [level_needed(amount, matrix) for amount in (1, 1_000_000)] == ["area", "area"]


def test_limits_of_another_product_and_of_other_days_do_not_hold(place):
    partner = place.product.partner
    day = dt.timedelta(days=1)
    ApprovalLimitFactory(partner=partner, product=ProductFactory(partner=partner))
    ApprovalLimitFactory(partner=partner, until_on=TODAY() - day)
    ApprovalLimitFactory(partner=partner, from_on=TODAY() + day)

    assert matrix_of(waiting(place), on=TODAY()) == []


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("loans_limit_in_order", {"until_on": dt.date(2025, 12, 31)}),
        ("loans_limit_is_an_amount", {"up_to": 0}),
    ],
)
def test_limit_constraints(constraint, wrong):
    assert refused_by(constraint, lambda: ApprovalLimitFactory(**wrong))
    assert not refused_by(constraint, ApprovalLimitFactory)


def test_limit_once_a_day(partner):
    assert refused_by("loans_limit_once_a_day", lambda: ApprovalLimitFactory(partner=partner))


def test_limit_of_another_lenders_product_is_refused(partner):
    with pytest.raises(ValidationError) as refusal:
        ApprovalLimit(partner=partner, product=ProductFactory(), level="branch", up_to=1).full_clean()

    assert refusal.value.message_dict == {"product": ["This is a product of another lender."]}


@pytest.mark.parametrize("product", [None, "own"])
def test_two_limits_of_one_kind_on_one_day_are_refused(place, partner, product):
    chosen = place.product if product else None
    if chosen:
        ApprovalLimitFactory(partner=partner, product=chosen)
    with pytest.raises(ValidationError) as refusal:
        ApprovalLimit(partner=partner, product=chosen, level="branch", up_to=1).full_clean()

    assert refusal.value.message_dict == {
        "from_on": ["Another limit holds on these days. Give that one its last day first."]
    }


def test_limit_after_one_that_has_ended(partner):
    partner.limits.filter(level="branch").update(until_on=TODAY() - dt.timedelta(days=1))

    ApprovalLimit(partner=partner, level="branch", up_to=7000).full_clean()


def test_the_first_lender_has_limits_that_are_not_verified():
    rows = ApprovalLimit.objects.filter(partner__code="aim").values_list("level", "up_to", "is_verified")

    assert sorted(rows) == [("area", 150_000, False), ("branch", 25_000, False)]
    assert str(ApprovalLimit.objects.get(partner__code="aim", level="area")).startswith("Area manager · ")
    assert Product.objects.filter(limits__isnull=False).count() == 0


# The page


def page_of(signed_in, user, application):
    """What the page says, a space where a tag was."""
    page = signed_in(user).get(application.get_absolute_url()).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_page_says_before_the_vote_whose_yes_it_takes(place, partner, signed_in):
    application = waiting(place, visited_by=second_manager(place))

    said = page_of(signed_in, place.staff.manager, application)

    assert "For Rs 6,000 this yes must be among the votes: Area manager. It is still to come." in said
    assert "Branch manager up to Rs 5,000 Branch manager Area manager up to Rs 10,000 Area manager" in said
    assert "Head office any amount nobody is appointed" in said
    assert "Acting manager up" not in said


def test_page_says_that_it_waits_for_a_yes_that_carries(place, partner, signed_in):
    said = page_of(signed_in, place.staff.manager, check_waits(place))

    assert "Waits for the yes of: Area manager" in said


def test_page_says_that_the_yes_is_there(place, partner, signed_in):
    colleague(Role.AREA_MANAGER, office=partner.office, full_name="Zohra at the head")
    application = waiting(place)
    vote(application, place.staff.area)

    said = page_of(signed_in, place.staff.manager, application)

    assert "For Rs 6,000 this yes must be among the votes: Area manager. It is there." in said
    assert "The committee votes: 1 of 2" in said
    assert "Head office any amount Zohra at the head" in said


def test_page_of_a_vote_says_it_too(place, partner, signed_in):
    path = reverse("loans:application-vote", args=[waiting(place).pk])

    assert "Whose yes it takes" in text_of(signed_in(place.staff.manager).get(path))


def test_page_names_no_head_office_where_somebody_carries_any_amount(place, signed_in):
    ApprovalLimitFactory(partner=place.product.partner, level="area", up_to=None)

    assert "Head office" not in page_of(signed_in, place.staff.manager, waiting(place))


def test_page_says_nothing_where_the_lender_set_no_limits(place, signed_in):
    assert "Whose yes it takes" not in page_of(signed_in, place.staff.manager, waiting(place))

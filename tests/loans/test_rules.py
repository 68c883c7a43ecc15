"""Sight: the predicate and the queryset agree for every role, at every place."""

import pytest

from accounts.models import User
from accounts.roles import Role
from loans.models import Application, Guarantor, LedgerEntry, Loan, Promise, Terms, Visit, Vote
from tests.factories.accounts import EntrepreneurUserFactory, UserFactory, colleague
from tests.factories.enterprises import EnterpriseFactory, GrantFactory, OwnershipFactory, PersonFactory, district
from tests.factories.loans import (
    GuarantorFactory,
    LedgerEntryFactory,
    LoanFactory,
    PromiseFactory,
    TermsFactory,
    VisitFactory,
    VoteFactory,
    branch_of,
    disbursed,
    lender,
)

pytestmark = pytest.mark.django_db
SEES_BY_BRANCH = {Role.LOAN_OFFICER, Role.CASHIER, Role.BRANCH_MANAGER, Role.AREA_MANAGER}
SEES_BY_DISTRICT = {Role.ADVISOR, Role.REGIONAL_MANAGER}
SEES_ALL = {Role.PROGRAMME_MANAGER, Role.AUDITOR}


@pytest.fixture
def place():
    return lender()


@pytest.fixture
def loan(place):
    person = PersonFactory(user=EntrepreneurUserFactory())
    return LoanFactory(application=disbursed(product=place.product, branch=place.branch, person=person))


def seen_by(user, loan):
    """(application by predicate, by queryset, loan by predicate, by queryset)."""
    application = loan.application
    return (
        user.has_perm("loans.view_application", application),
        Application.objects.visible_to(user).filter(pk=application.pk).exists(),
        user.has_perm("loans.view_loan", loan),
        Loan.objects.visible_to(user).filter(pk=loan.pk).exists(),
    )


@pytest.mark.parametrize("role", Role.values)
def test_sight_at_the_branch_and_in_the_district(loan, role):
    office = loan.branch if role not in SEES_BY_DISTRICT else None
    districts = [loan.enterprise.district] if role in SEES_BY_DISTRICT else []
    user = colleague(role, office=office, districts=districts)

    expected = role in SEES_BY_BRANCH | SEES_BY_DISTRICT | SEES_ALL
    assert seen_by(user, loan) == (expected,) * 4


@pytest.mark.parametrize("role", Role.values)
def test_sight_from_elsewhere(loan, role):
    """Another branch of the same lender, another district: not even with a grant over the enterprise."""
    office = branch_of(loan.partner) if role not in SEES_BY_DISTRICT else None
    districts = [district("lahore")] if role in SEES_BY_DISTRICT else []
    user = colleague(role, office=office, districts=districts)
    GrantFactory(enterprise=loan.enterprise, user=user, office=None)

    assert seen_by(user, loan) == (role in SEES_ALL,) * 4


def test_sight_of_the_area_above_the_branch(loan):
    assert seen_by(colleague(Role.AREA_MANAGER, office=loan.partner.office), loan) == (True,) * 4


def test_sight_of_the_borrower(loan):
    assert seen_by(loan.person.user, loan) == (True,) * 4


def test_sight_of_who_owns_the_business_with_the_borrower(loan):
    partner = PersonFactory(user=EntrepreneurUserFactory())
    OwnershipFactory(person=partner, enterprise=loan.enterprise, is_contact=False)

    assert seen_by(partner.user, loan) == (False,) * 4


def test_sight_of_a_stranger_of_a_colleague_without_a_post_and_of_the_system(loan):
    stranger = OwnershipFactory(person__user=EntrepreneurUserFactory(), enterprise=EnterpriseFactory()).person.user

    assert seen_by(stranger, loan) == (False,) * 4
    assert seen_by(UserFactory(), loan) == (False,) * 4
    assert seen_by(User.objects.system(), loan) == (True,) * 4


@pytest.mark.parametrize(
    ("make", "model"),
    [
        (GuarantorFactory, Guarantor),
        (VoteFactory, Vote),
        (TermsFactory, Terms),
        (LedgerEntryFactory, LedgerEntry),
        (VisitFactory, Visit),
        (PromiseFactory, Promise),
    ],
)
def test_what_hangs_on_them_takes_their_sight(loan, make, model):
    parent = {"loan": loan} if model in {Terms, LedgerEntry, Visit, Promise} else {"application": loan.application}
    row = make(**parent)

    seen = [
        list(model.objects.visible_to(user).filter(pk=row.pk))
        for user in (loan.person.user, colleague(Role.CASHIER, office=loan.branch), UserFactory())
    ]
    assert seen == [[row], [row], []]


def test_permissions_about_nothing_are_refused(place):
    """Asked without an object, as Django admin asks, nobody but the roles' own lists says yes."""
    names = [
        "view_application", "receive_application", "appraise_application", "vote_on_application", "refuse_application",
        "withdraw_application", "disburse_application", "view_loan", "post_receipt", "reverse_receipt",
        "chase_loan", "read_arrears",
    ]  # fmt: skip

    allowed = {name for name in names for user in vars(place.staff).values() if user.has_perm(f"loans.{name}")}

    assert allowed == set()

"""Who sees which paper: the queryset and the predicate say the same, for every role and every grant."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import LENDER_ROLES, Role
from enterprises.models import Document, DocumentRequest, Grant, Passport
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import GrantFactory, OwnershipFactory, PersonFactory, district, entrepreneur
from tests.factories.papers import CardFactory, DocumentFactory, DocumentRequestFactory, PassportFactory, kind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
READERS = {Role.PROGRAMME_MANAGER, Role.AUDITOR}


@pytest.fixture
def owner():
    return entrepreneur()


@pytest.fixture
def rows(owner):
    """A paper that lenders may see and one that they may not, of the business and of the person; the rest beside."""
    return {
        "bill": DocumentFactory(kind=kind("utility-bill"), enterprise=owner.enterprise),
        "bank": DocumentFactory(kind=kind("bank-certificate"), enterprise=owner.enterprise),
        "card": CardFactory(person=owner.person),
        "nikahnama": CardFactory(kind=kind("nikahnama"), person=owner.person),
        "request": DocumentRequestFactory(person=owner.person),
        "passport": PassportFactory(person=owner.person),
    }


ALL = {"bill", "bank", "card", "nikahnama", "request", "passport"}
SHARED = {"bill", "card"}


def seen(user, rows):
    """What the user sees by both statements of the rule, which must be the same."""
    by_query, by_rule = set(), set()
    for name, row in rows.items():
        if type(row).objects.visible_to(user).filter(pk=row.pk).exists():
            by_query.add(name)
        if user.has_perm(f"enterprises.view_{type(row)._meta.model_name}", row):
            by_rule.add(name)
    assert by_query == by_rule
    return by_query


@pytest.mark.parametrize("role", Role)
def test_the_district_shows_papers_to_those_who_advise_there(role, rows):
    user = colleague(role, districts=[district()])

    expected = ALL if role in READERS | {Role.ADVISOR, Role.REGIONAL_MANAGER} else set()
    assert seen(user, rows) == expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("purpose", Grant.Purpose.values)
def test_a_grant_shows_to_a_lender_what_is_shared_and_to_trainers_nothing(role, purpose, owner, rows):
    """R9, C13: the lender sees only what the application needs."""
    office = OfficeFactory()
    GrantFactory(enterprise=owner.enterprise, office=office, purpose=purpose)

    found = seen(colleague(role, office=office), rows)

    if role in READERS:
        expected = ALL
    elif purpose == Grant.Purpose.CASE and role in LENDER_ROLES | {
        Role.ADVISOR, Role.REGIONAL_MANAGER, Role.TRAINER,
    }:  # fmt: skip
        expected = ALL  # the office that has the case in hand, whoever it is
    elif purpose in {Grant.Purpose.REFERRAL, Grant.Purpose.APPLICATION} and role in LENDER_ROLES:
        expected = SHARED
    else:
        expected = set()
    assert found == expected


@pytest.mark.xfail(strict=True, reason="the control: if every kind were shared", raises=AssertionError)
def test_a_grant_shows_to_a_lender_what_is_shared_control(owner, rows):
    type(rows["bank"].kind).objects.update(is_shared=True)
    for row in rows.values():
        row.refresh_from_db()

    test_a_grant_shows_to_a_lender_what_is_shared_and_to_trainers_nothing(
        Role.LOAN_OFFICER, Grant.Purpose.APPLICATION, owner, rows
    )


def test_what_was_shared_is_shut_when_the_grant_ends(owner, rows):
    office = OfficeFactory()
    GrantFactory(
        enterprise=owner.enterprise, office=office, purpose=Grant.Purpose.REFERRAL,
        from_at=timezone.now() - dt.timedelta(days=2), until_at=timezone.now() - dt.timedelta(seconds=1),
    )  # fmt: skip

    assert seen(colleague(Role.LOAN_OFFICER, office=office), rows) == set()


def test_the_owner_sees_all_and_a_partner_not_the_card(owner, rows):
    partner = entrepreneur()
    OwnershipFactory(person=partner.person, enterprise=owner.enterprise, is_contact=False)

    assert seen(owner.person.user, rows) == ALL
    assert seen(partner.person.user, rows) == {"bill", "bank", "request"}


def test_strangers_and_those_without_a_post_see_nothing(owner, rows):
    from tests.factories.accounts import UserFactory

    assert [seen(user, rows) for user in (entrepreneur().person.user, UserFactory())] == [set(), set()]


def test_the_portal_itself_sees_all(rows):
    assert seen(User.objects.system(), rows) == ALL


def test_no_paper_is_nobodys():
    user = colleague(Role.ADVISOR)

    assert [user.has_perm(name, None) for name in ("enterprises.view_document", "enterprises.keep_document")] == [
        False,
        False,
    ]
    assert PersonFactory().ownerships.count() == 0
    assert [model.objects.count() for model in (Document, DocumentRequest, Passport)] == [0, 0, 0]


def test_papers_about_an_enterprise_are_its_own_and_its_contacts(owner, rows):
    other = CardFactory()

    found = Document.objects.about(owner.enterprise)

    assert set(found) == {rows["bill"], rows["bank"], rows["card"], rows["nikahnama"]}
    assert other not in found.for_list()

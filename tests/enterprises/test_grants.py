"""Sight beyond the district comes and goes with what it serves."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Office
from accounts.roles import Role
from enterprises.actions import grants
from enterprises.models import Enterprise, Grant
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import ConsentFactory, GrantFactory, OwnershipFactory, system

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return OfficeFactory(organisation=Office.Organisation.LENDER)


@pytest.fixture
def ownership():
    return OwnershipFactory()


def test_a_grant_shows_the_enterprise_until_it_ends(branch, ownership):
    officer = colleague(Role.LOAN_OFFICER, office=branch)
    sights = [list(Enterprise.objects.visible_to(officer))]

    grant = grants.give(enterprise=ownership.enterprise, purpose="application", office=branch, by=system())
    sights.append(list(Enterprise.objects.visible_to(officer)))
    grants.end(grant=grant, by=system())
    sights.append(list(Enterprise.objects.visible_to(officer)))

    assert sights == [[], [ownership.enterprise], []]
    assert grant.ended_by == system()


def test_a_live_grant_of_the_same_purpose_is_returned(branch, ownership):
    given = {"enterprise": ownership.enterprise, "office": branch, "by": system()}
    first = grants.give(purpose="application", **given)

    again, other = grants.give(purpose="application", **given), grants.give(purpose="guarantee", **given)

    assert (again, other == first, Grant.objects.count()) == (first, False, 2)


def test_after_its_end_a_grant_is_given_anew(branch, ownership):
    given = {"enterprise": ownership.enterprise, "office": branch, "by": system(), "purpose": "application"}
    first = grants.give(**given)
    grants.end(grant=first, by=system())

    assert grants.give(**given) != first


def test_what_ended_keeps_its_first_end(branch, ownership):
    long_ago = timezone.now() - timezone.timedelta(days=1)
    grant = GrantFactory(enterprise=ownership.enterprise, office=branch, until_at=long_ago)

    grants.end(grant=grant, by=system())

    assert (grant.until_at, grant.ended_by) == (long_ago, None)


def test_a_referral_needs_the_consent_to_share(branch, ownership):
    referral = {"enterprise": ownership.enterprise, "office": branch, "by": system(), "purpose": "referral"}
    with pytest.raises(ValidationError) as refusal:
        grants.give(**referral)
    ConsentFactory(person=ownership.person, kind="share")

    granted = grants.give(**referral)

    assert (refusal.value.code, granted.purpose) == ("no_consent", "referral")


def test_a_grant_to_a_colleague_is_theirs_alone(ownership):
    trainer, other = colleague(Role.TRAINER), colleague(Role.TRAINER)

    grants.give(enterprise=ownership.enterprise, purpose="enrolment", user=trainer, by=system())

    assert [list(Enterprise.objects.visible_to(user)) for user in (trainer, other)] == [[ownership.enterprise], []]

"""Two people, one CNIC: an advisor who saw the card says whose it is."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from casework.models import Case
from enterprises.actions import claims
from enterprises.models import Enterprise, Person
from journal.models import Event
from journal.moves import EditConflict
from tests.factories.accounts import colleague
from tests.factories.enterprises import ClaimFactory, PersonFactory, district, system

pytestmark = pytest.mark.django_db
CNIC = "3630248291056"


def claim_on(person, **changes):
    claim = ClaimFactory(person=person, **changes)
    claim.draft.answers["who"]["cnic"] = person.cnic
    claim.draft.save()
    return claim


def settle(claim, outcome, by):
    reason = "The card was in her hand." if outcome == "released" else ""
    return claims.settle(claim=claim, outcome=outcome, by=by, version=claim.version, reason=reason)


@pytest.fixture
def on_file():
    return PersonFactory(cnic=CNIC, name="Who Is On File", phone="+923000001234")


def test_the_same_person_owns_one_enterprise_more(advisor, on_file):
    claim = claim_on(on_file)

    enterprise = settle(claim, "same", advisor)

    claim.refresh_from_db()
    on_file.refresh_from_db()
    assert (enterprise.reference, list(enterprise.owners.all()), on_file.cnic_standing) == (
        claim.draft.reference,
        [on_file],
        "verified",
    )
    assert (claim.outcome, claim.settled_by, claim.version, claim.draft.state, claim.draft.enterprise) == (
        "same",
        advisor,
        1,
        "done",
        enterprise,
    )
    assert Case.objects.get().enterprise == enterprise
    assert sorted(Event.objects.values_list("name", flat=True)) == [
        "casework.assigned",
        "enterprises.became_client",
        "enterprises.card_seen",
        "enterprises.claim_settled",
        "enterprises.consent_given",
        "enterprises.registered",
    ]


def test_a_card_that_is_the_newcomers_goes_over_to_them(advisor, on_file):
    enterprise = settle(claim_on(on_file), "released", advisor)

    on_file.refresh_from_db()
    owner = enterprise.owners.get()
    assert (on_file.cnic, on_file.cnic_standing, on_file.version) == (None, "none", 1)
    assert (owner == on_file, owner.name, owner.cnic, owner.cnic_standing) == (False, "Nasreen Bibi", CNIC, "verified")


def test_a_card_that_is_somebody_elses_is_left_with_them(advisor, on_file):
    enterprise = settle(claim_on(on_file), "no_card", advisor)

    on_file.refresh_from_db()
    owner = enterprise.owners.get()
    assert (on_file.cnic, owner.name, owner.cnic, owner.cnic_standing) == (CNIC, "Nasreen Bibi", None, "none")


def test_of_two_claims_the_second_finds_the_card_gone(advisor, on_file):
    first, second, third = (claim_on(on_file) for _claim in range(3))
    settle(first, "released", advisor)

    with pytest.raises(ValidationError) as same:
        settle(second, "same", advisor)

    assert (same.value.code, settle(third, "released", advisor)) == ("gone", None)


def test_a_number_that_nobody_holds_any_more_is_free(advisor, on_file):
    claim = claim_on(on_file)
    Person.objects.filter(pk=on_file.pk).update(cnic=None, cnic_standing="none")

    assert settle(claim, "released", advisor).owners.get().cnic == CNIC


def test_whoever_took_a_free_number_meanwhile_keeps_it(advisor, on_file, monkeypatch):
    """Between the look for its holder and the registration."""
    claim = claim_on(on_file)
    Person.objects.filter(pk=on_file.pk).update(cnic=None, cnic_standing="none")
    register = claims.find_or_register_person

    def second(**facts):
        register(**facts)
        return register(**facts)

    monkeypatch.setattr(claims, "find_or_register_person", second)

    with pytest.raises(ValidationError) as refusal:
        settle(claim, "released", advisor)

    assert refusal.value.code == "gone"


def test_a_claim_is_settled_once(advisor, on_file):
    claim = claim_on(on_file)
    settle(claim, "no_card", advisor)

    with pytest.raises(EditConflict):
        settle(claim, "same", advisor)
    claim.refresh_from_db()
    with pytest.raises(ValidationError) as refusal:
        settle(claim, "same", advisor)

    assert (refusal.value.code, Enterprise.objects.count()) == ("settled", 1)


@pytest.mark.parametrize("role", Role)
def test_advisors_of_the_district_settle_and_nobody_else(advisor, on_file, role):
    claim = claim_on(on_file)
    near, far = colleague(role, districts=[district()]), colleague(role, districts=[district("lahore")])

    if role in {Role.ADVISOR, Role.REGIONAL_MANAGER}:
        assert settle(claim, "same", near).registered_by == near
    else:
        with pytest.raises(PermissionDenied):
            settle(claim, "same", near)
    with pytest.raises(PermissionDenied):
        claims.settle(claim=claim, outcome="same", by=far, version=None)


def test_a_claim_is_due_when_a_call_would_be(on_file, monkeypatch):
    """Made on a Friday afternoon, due on Tuesday."""
    friday = timezone.datetime(2026, 11, 27, 15, tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(claims.timezone, "localdate", friday.date)
    draft = ClaimFactory.build().draft
    draft.save()

    claim = claims.make(draft=draft, person=on_file, district=district(), by=system())

    assert (claim.due_on.isoformat(), claim.district) == ("2026-12-01", district())

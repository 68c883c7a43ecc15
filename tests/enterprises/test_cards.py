"""R6, R12: a card number that comes after its person is added on their own record."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions import cards
from enterprises.claim_querysets import ClaimQuerySet
from enterprises.models import Person
from journal.models import Event
from journal.moves import EditConflict
from tests.enterprises.walk import CNIC
from tests.factories.accounts import colleague
from tests.factories.enterprises import (
    CardReleaseFactory,
    ClaimFactory,
    EnterpriseFactory,
    OwnershipFactory,
    PersonFactory,
    district,
)
from tests.factories.loans import GuarantorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def bare():
    """Registered without a card."""
    person = PersonFactory(cnic=None, cnic_standing="none")
    OwnershipFactory(person=person, enterprise=EnterpriseFactory(district=district()))
    return person


def add(person, by, **changes):
    return cards.add(**{"person": person, "cnic": CNIC, "is_card_seen": False, "by": by, "version": 0} | changes)


@pytest.mark.parametrize(
    ("is_card_seen", "known"),
    [
        (False, ("claimed", "assisted", ["enterprises.card_added"])),
        (True, ("verified", "card", ["enterprises.card_added", "enterprises.card_seen"])),
    ],
)
def test_a_number_is_claimed_until_the_card_is_seen_and_says_who_stated_it(bare, advisor, is_card_seen, known):
    add(bare, advisor, is_card_seen=is_card_seen)

    bare.refresh_from_db()
    stated = bare.statements.get(field="cnic")
    events = list(Event.objects.filter(person_id=bare.pk).order_by("id").values_list("name", flat=True))
    assert (bare.cnic, stated.by, (bare.cnic_standing, stated.source, events)) == (CNIC, advisor, known)
    # Compared again with all others.
    assert Person.objects.uncompared().filter(pk=bare.pk).exists()


def test_what_is_there_already_or_with_somebody_else_is_refused(bare, advisor):
    PersonFactory(cnic=CNIC)
    has_one = OwnershipFactory(enterprise=EnterpriseFactory(district=district())).person

    codes = []
    for person in (bare, has_one):
        with pytest.raises(ValidationError) as refused:
            add(person, advisor)
        codes.append(refused.value.error_dict["cnic"][0].code)

    assert (codes, Person.objects.get(pk=bare.pk).cnic) == (["taken", "there"], None)


@pytest.fixture
def mistyped():
    """They typed their number at home, one digit wrong."""
    person = PersonFactory(cnic="3630248291057", cnic_standing="claimed")
    OwnershipFactory(person=person, enterprise=EnterpriseFactory(district=district()))
    return person


def correct(person, by, **changes):
    said = {"person": person, "cnic": CNIC, "is_card_seen": True, "by": by, "version": person.version}
    return cards.correct(**said | changes)


def test_a_mistyped_number_is_put_right_with_the_card_in_hand(mistyped, advisor):
    correct(mistyped, advisor)

    mistyped.refresh_from_db()
    events = list(Event.objects.filter(person_id=mistyped.pk).order_by("id").values_list("name", flat=True))
    assert (mistyped.cnic, mistyped.cnic_standing, mistyped.statements.get(field="cnic").source) == (
        CNIC, "verified", "card",
    )  # fmt: skip
    assert events == ["enterprises.card_corrected", "enterprises.card_added", "enterprises.card_seen"]


def test_the_right_number_may_be_with_somebody_else(mistyped, advisor):
    """R6: then it is looked at as any other, and the wrong one is nobody's."""
    holder = PersonFactory(cnic=CNIC)
    with pytest.raises(ValidationError) as refused:
        correct(mistyped, advisor)
    assert refused.value.error_dict["cnic"][0].code == "taken"
    assert Person.objects.get(pk=mistyped.pk).cnic == "3630248291057"

    claim = correct(mistyped, advisor, is_rival=True)

    assert (claim.person, claim.newcomer, claim.seen_by) == (holder, mistyped, advisor)
    assert Person.objects.get(pk=mistyped.pk).cnic is None


@pytest.mark.parametrize(
    ("standing", "said", "code"),
    [
        ("claimed", {"is_card_seen": False}, "card"),
        ("claimed", {"cnic": "3630248291057", "is_card_seen": False}, "same"),
        ("verified", {}, "seen"),
        ("claimed", {}, "waits"),
    ],
)
def test_a_number_that_may_be_right_stays(mistyped, advisor, standing, said, code):
    Person.objects.filter(pk=mistyped.pk).update(cnic_standing=standing)
    if code == "waits":
        ClaimFactory(person=mistyped)

    with pytest.raises(ValidationError) as refused:
        correct(mistyped, advisor, **said)

    ((refusal,),) = refused.value.error_dict.values()
    assert (refusal.code, Person.objects.get(pk=mistyped.pk).cnic) == (code, "3630248291057")


def test_where_money_hangs_on_it_the_manager_puts_a_number_right(mistyped, advisor, manager, monkeypatch):
    monkeypatch.setattr(cards, "weigh_more", lambda person_id: True)
    with pytest.raises(ValidationError) as refused:
        correct(mistyped, advisor)

    correct(mistyped, manager)

    assert refused.value.error_dict["cnic"][0].code == "weighs"
    assert Person.objects.get(pk=mistyped.pk).cnic == CNIC


def test_nobody_else_puts_a_number_right(mistyped):
    with pytest.raises(PermissionDenied):
        correct(mistyped, colleague(Role.TRAINER))


def test_a_number_that_somebody_else_has_becomes_a_claim_once_where_the_officer_says_so(bare, advisor):
    """R6: said twice it is one claim, which takes up that the card was seen."""
    holder = PersonFactory(cnic=CNIC)

    claims = [add(bare, advisor, is_rival=True, is_card_seen=seen) for seen in (False, True, True)]

    bare.refresh_from_db()
    place = bare.enterprises.get()
    assert (len({claim.pk for claim in claims}), bare.cnic, bare.version) == (1, None, 0)
    assert [(claim.seen_by, claim.version) for claim in claims] == [(None, 0), (advisor, 1), (advisor, 1)]
    assert (claims[0].person, claims[0].newcomer, claims[0].enterprise) == (holder, bare, place)


def test_while_a_colleague_settles_it_the_officer_looks_again(bare, advisor, monkeypatch):
    """Whoever holds the newcomer waits for nobody who holds the claim."""
    PersonFactory(cnic=CNIC)
    add(bare, advisor, is_rival=True)
    monkeypatch.setattr(ClaimQuerySet, "select_for_update", lambda claims, **how: claims.none())

    with pytest.raises(ValidationError) as refused:
        add(bare, advisor, is_rival=True)

    assert refused.value.code == "settling"


def test_who_has_no_business_is_looked_at_where_their_number_was_taken_off(advisor):
    PersonFactory(cnic=CNIC)
    loser = PersonFactory(cnic=None, cnic_standing="none")
    CardReleaseFactory(claim=ClaimFactory(person=loser), done=True)

    claim = add(loser, advisor, is_rival=True)

    assert (claim.enterprise, claim.district) == (None, district())


@pytest.fixture
def got_back(manager):
    """Vouches for somebody and has no business; their number went over and came back."""
    person = PersonFactory(cnic="3630248291057", cnic_standing="claimed")
    GuarantorFactory(person=person)
    undone = {"undone_by": manager, "undone_at": timezone.now(), "undone_because": "It was theirs."}
    CardReleaseFactory(claim=settled(person, by=manager), done=True, **undone)
    return person


def settled(holder, *, by):
    return ClaimFactory(person=holder, outcome="released", settled_by=by, settled_at=timezone.now())


def test_who_got_a_number_back_that_is_mistyped_is_looked_at_where_it_came_back(signed_in, got_back, manager):
    """R6: without a business too, and the right number may be with somebody else."""
    holder = PersonFactory(cnic=CNIC)

    answer = post(signed_in(manager), got_back, is_card_seen="on", is_rival="on")

    claim = got_back.claims_made.get()
    assert (answer.status_code, claim.person, claim.enterprise, claim.district) == (302, holder, None, district())


def test_where_a_guarantee_hangs_on_it_the_manager_who_asks_for_the_card_puts_it_right(got_back, advisor, manager):
    with pytest.raises(ValidationError) as refused:
        correct(got_back, advisor)
    with pytest.raises(PermissionDenied):
        correct(got_back, colleague(Role.REGIONAL_MANAGER, districts=[district("lahore")]))

    correct(got_back, manager)

    assert refused.value.error_dict["cnic"][0].code == "weighs"
    assert Person.objects.get(pk=got_back.pk).cnic == CNIC


def test_a_number_that_is_no_cards_is_not_called_somebody_elses(bare, advisor):
    with pytest.raises(ValidationError) as refused:
        add(bare, advisor, cnic="0630248291056")

    assert "taken" not in {error.code for errors in refused.value.error_dict.values() for error in errors}


def test_others_add_no_number_and_nobody_over_a_later_change(bare, advisor):
    with pytest.raises(PermissionDenied):
        add(bare, colleague(Role.ADVISOR, districts=[district("lahore")]))
    with pytest.raises(EditConflict):
        add(bare, advisor, version=7)


def post(client, person, **answers):
    typed = {"version": person.version, "cnic": "36302-4829105-6", "request_key": str(uuid.uuid4())}
    return client.post(f"/desk/people/{person.pk}/card/", typed | answers)


def test_the_page_is_linked_where_no_number_stands_and_leads_back(signed_in, bare, advisor):
    client = signed_in(advisor)
    details = f"/desk/enterprises/{bare.ownerships.get().enterprise_id}/"
    link = f"/desk/people/{bare.pk}/card/"

    before = client.get(details).content.decode()
    answer = post(client, bare)
    after = client.get(details).content.decode()
    bare.refresh_from_db()
    corrected = post(client, bare, cnic="36302-4829105-7", is_card_seen="on")
    last = client.get(details).content.decode()

    assert (answer["Location"], corrected["Location"]) == (details, details)
    assert [link in page for page in (before, after, last)] == [True, True, False]
    assert ["Correct the card number" in page for page in (before, after)] == [False, True]
    assert "An officer read the number on file from the card." in client.get(link).content.decode()


def test_a_number_that_somebody_else_has_shows_who_as_far_as_the_reader_sees(signed_in, bare, advisor):
    holder = PersonFactory(cnic=CNIC, name="Zubaida Perveen")
    place = OwnershipFactory(person=holder, enterprise=EnterpriseFactory(district=district())).enterprise
    client = signed_in(advisor)

    seen = post(client, bare)
    type(place).objects.filter(pk=place.pk).update(district=district("lahore"))
    unseen = post(client, bare)

    assert list(seen.context["form"].errors) == ["cnic"]
    assert [row["name"] for row in seen.context["found"]] == ["Zubaida Perveen"]
    assert ("Zubaida" in unseen.content.decode(), unseen.context["found"]) == (False, [])
    assert 'name="is_rival"' in unseen.content.decode()
    client.get(f"/desk/people/{bare.pk}/card/")
    kept = client.post(
        f"/desk/people/{bare.pk}/card/",
        {"version": 0, "cnic": CNIC, "is_rival": "on", "request_key": str(uuid.uuid4())},
        follow=True,
    )
    assert "Until then it stays where it is." in kept.content.decode()

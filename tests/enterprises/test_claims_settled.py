"""What an advisor settles stays what the person said: their words, their permissions and the number they came with."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from enterprises import messages
from enterprises.actions import consents, phone_changes
from enterprises.actions.statements import see_card, state
from enterprises.consent_querysets import ConsentQuerySet
from enterprises.models import CardRelease, Claim, Consent, Person, PhoneChange, Statement
from enterprises.open_items import phone_changes as phone_items
from journal.models import Event
from journal.open_items import Scope, united
from tests.enterprises.test_claims import CNIC, claim_on, settle
from tests.enterprises.test_releases import give_back
from tests.factories.accounts import OfficeDistrictFactory, OfficeFactory
from tests.factories.enterprises import (
    ConsentFactory,
    OwnershipFactory,
    PersonFactory,
    PhoneChangeFactory,
    district,
    system,
)

pytestmark = pytest.mark.django_db
OUTCOMES = ("same", "released", "no_card")
OLD, NEW = "+923000001234", "+923001234567"


@pytest.fixture
def on_file():
    return PersonFactory(cnic=CNIC, name="Who Is On File", phone=OLD)


# Who said what


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_they_sent_and_what_came_of_it_stays_theirs(advisor, on_file, outcome):
    enterprise = settle(claim_on(on_file), outcome, advisor)

    owner = enterprise.owners.get()
    theirs = ("registered", "consent_given", "became_client", "phone_change_asked")
    events = Event.objects.filter(name__in=[f"enterprises.{name}" for name in theirs])
    stated = Statement.objects.about(owner, enterprise).exclude(source="card")
    assert {event.by for event in events} == {system()}
    assert {(one.source, one.by) for one in stated} == {("self", system())}
    assert (enterprise.registered_by, Consent.objects.get().given_to) == (system(), system())
    assert Event.objects.get(name="enterprises.claim_settled").by == advisor


def test_what_was_read_from_a_card_that_was_anothers_is_their_own_word_again(advisor, manager, on_file):
    """Nobody is asked to confirm what they typed themselves."""
    claim = claim_on(on_file)
    taker = settle(claim, "released", advisor).owners.get()
    read = Statement.objects.get(person=taker, field="name")
    release = CardRelease.objects.get()

    give_back(release, manager)

    name = Statement.objects.get(person=taker, field="name")
    assert (read.source, read.by, read.said_at is not None) == ("card", advisor, True)
    assert (name.source, name.by, name.at, name.said_at) == ("self", system(), read.said_at, None)
    assert not Statement.objects.filter(person=taker).for_others().exists()


def test_the_number_comes_back_as_they_had_stated_it_before_a_card_was_seen(advisor, manager, on_file):
    said_at = timezone.now() - dt.timedelta(days=40)
    state(on_file, ["cnic", "name"], source="self", by=system(), at=said_at)
    see_card(on_file, by=advisor)
    see_card(on_file, by=advisor)
    settle(claim_on(on_file), "released", manager)

    give_back(CardRelease.objects.get(), manager)

    stated = Statement.objects.filter(person=on_file).by_field()
    assert {(one.source, one.by, one.at) for one in stated.values()} == {("self", system(), said_at)}


def test_what_an_officer_wrote_down_is_theirs_to_confirm_when_it_was_read_from_no_card(advisor, manager, on_file):
    state(on_file, ["cnic", "name"], source="assisted", by=advisor)
    see_card(on_file, by=advisor)

    settle(claim_on(on_file), "released", manager)

    name = Statement.objects.get(person=on_file, field="name")
    assert (name.source, name.by) == ("assisted", advisor)


# What they agreed to


def took_back(person, at):
    return ConsentFactory(person=person, kind="contact", given_at=at - dt.timedelta(days=9), withdrawn_at=at)


def a_tick_of(claim, at):
    Claim.objects.filter(pk=claim.pk).update(made_at=at)
    claim.refresh_from_db()
    return claim


def settled_after_they_took_it_back(advisor, on_file):
    now = timezone.now()
    claim = a_tick_of(claim_on(on_file), now - dt.timedelta(minutes=5))
    took_back(on_file, now - dt.timedelta(minutes=2))
    settle(claim, "same", advisor)
    assert (on_file.lets_contact, Consent.objects.standing().exists()) == (False, False)


def test_a_permission_taken_back_after_the_draft_was_sent_stays_taken_back(advisor, on_file):
    settled_after_they_took_it_back(advisor, on_file)


def test_a_permission_taken_back_stays_taken_back_control(advisor, on_file, monkeypatch):
    """The failing control: nobody asks what they said no to since."""
    monkeypatch.setattr(ConsentQuerySet, "refused_since", lambda self, _at: self.none())

    with pytest.raises(AssertionError):
        settled_after_they_took_it_back(advisor, on_file)


def test_one_taken_back_before_is_given_anew_and_is_as_old_as_the_sending(advisor, on_file):
    sent = timezone.now() - dt.timedelta(days=2)
    claim = a_tick_of(claim_on(on_file), sent)
    took_back(on_file, sent - dt.timedelta(days=1))

    settle(claim, "same", advisor)

    assert [one.given_at for one in Consent.objects.standing()] == [sent]


def test_what_is_taken_back_by_hand_counts_and_what_only_ran_out_does_not(advisor, on_file):
    OwnershipFactory(person=on_file)
    sent = timezone.now()
    for kind in ("contact", "share"):
        consents.give(person=on_file, kind=kind, by=advisor)
    consents.withdraw(person=on_file, kind="contact", by=advisor)
    lapsed = {"withdrawn_at": timezone.now(), "lapsed_at": timezone.now(), "until_on": timezone.localdate()}
    Consent.objects.filter(kind="share").update(**lapsed)

    assert [one.kind for one in Consent.objects.refused_since(sent)] == ["contact"]


# What is still true when it is sent


def due(kind, release):
    release = CardRelease.objects.get(pk=release.pk)
    return next(one for one in messages.KINDS if one.name == f"enterprises.{kind}").still_due(release)


def test_a_text_of_a_number_is_not_sent_once_it_does_not_hold(advisor, manager, on_file):
    """Texts wait for the morning: two of them never say the contrary of each other."""
    settle(claim_on(on_file), "released", advisor)
    first = CardRelease.objects.get()
    went_over = due("card_released", first)
    give_back(first, manager)
    came_back = [due(kind, first) for kind in ("card_released", "card_taken_back", "card_returned")]
    again = settle(claim_on(on_file), "released", advisor).owners.get()
    second = CardRelease.objects.latest("pk")
    taken_off_again = [due("card_returned", first), due("card_released", second)]
    Person.objects.filter(pk__in=[first.loser_id, second.loser_id]).exclude(pk=again.pk).update(cnic=None)
    for number, person in enumerate(Person.objects.filter(cnic=None)):
        Person.objects.filter(pk=person.pk).update(cnic=f"363024829106{number}", cnic_standing="claimed")

    assert (went_over, came_back, taken_off_again) == (True, [False, True, True], [False, True])
    assert [due("card_taken_back", first), due("card_released", second)] == [False, False]


# The number they came with


def test_the_number_they_came_with_waits_as_a_change_proved_already(advisor, manager, on_file):
    office = OfficeDistrictFactory(office=OfficeFactory(depth=3), district=district()).office
    claim = claim_on(on_file, draft__phone=NEW)

    enterprise = settle(claim, "same", advisor)

    change = PhoneChange.objects.get()
    on_file.refresh_from_db()
    facts = (change.person, change.enterprise, change.old_phone, change.new_phone, change.new_owner, change.state)
    assert facts == (on_file, enterprise, OLD, NEW, "self", "asked")
    assert (change.proved_at, change.asked_by, on_file.phone) == (claim.made_at, system(), OLD)
    scope = Scope(office_ids=frozenset({office.pk}))
    assert [item["target_id"] for item in united([phone_items(scope)], limit=9)] == [change.pk]

    attested = phone_changes.attest(change=change, by=advisor, version=change.version)
    phone_changes.approve(change=attested, by=manager, version=attested.version)

    on_file.refresh_from_db()
    stated = Statement.objects.get(person=on_file, field="phone")
    assert (on_file.phone, stated.source) == (NEW, "self")


@pytest.mark.parametrize("outcome", ["released", "no_card"])
def test_whoever_is_somebody_else_changes_nobodys_number(advisor, on_file, outcome):
    enterprise = settle(claim_on(on_file, draft__phone=NEW), outcome, advisor)

    assert (PhoneChange.objects.count(), enterprise.owners.get().phone) == (0, NEW)


def test_the_number_on_file_and_a_change_that_is_open_stay_as_they_are(advisor, on_file):
    Person.objects.filter(pk=on_file.pk).update(phone=NEW)
    settle(claim_on(on_file, draft__phone=NEW), "same", advisor)
    assert not PhoneChange.objects.exists()

    Person.objects.filter(pk=on_file.pk).update(phone=OLD)
    waiting = PhoneChangeFactory(person=on_file, asked_by=system())
    settle(claim_on(on_file), "same", advisor)

    assert list(PhoneChange.objects.all()) == [waiting]


def test_the_page_names_the_change_as_the_next_step(signed_in, advisor, on_file):
    OwnershipFactory(person=on_file)
    claim = claim_on(on_file)
    client = signed_in(advisor)

    sent = {"outcome": "same", "version": 0, "request_key": str(uuid.uuid4())}
    said = client.post(f"/desk/claims/{claim.pk}/", sent, follow=True).content.decode()
    page = client.get(f"/desk/claims/{claim.pk}/").content.decode()
    change = PhoneChange.objects.get()

    assert "They gave another number: it waits to be attested and approved." in said
    assert f'href="{change.get_absolute_url()}"' in page
    shown = client.get(change.get_absolute_url()).content.decode()
    assert ["Send a code to the new number" in shown, "<dd>system<" in shown] == [False, False]

"""What is said by SMS, to whom, and that it fits."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from enterprises import messages
from enterprises.models import DocumentKind
from messaging.kinds import Recipient
from messaging.texts import parts
from tests.factories.enterprises import (
    ClaimFactory,
    ConsentFactory,
    DraftFactory,
    OwnershipFactory,
    PersonFactory,
    district,
)
from tests.factories.papers import DocumentRequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    noon = dt.datetime(2026, 11, 24, 7, tzinfo=dt.UTC)
    return DraftFactory(
        state="done", reference="MUL-4827999", district=district(), phone="+923000001234", touched_at=noon
    )


@time_machine.travel("2026-11-24 12:00 +0500", tick=False)
def test_who_registered_is_told_the_reference_and_the_day(draft):
    text = messages.say_registered(draft, "en")

    assert messages.newcomer(draft) == Recipient("+923000001234", "en")
    assert text == (
        "SMEDA has your registration MUL-4827999. An advisor calls you by 26 Nov. Nobody may ask for a fee."
    )


def test_who_registered_finds_the_message_among_their_own_later(draft):
    ownership = OwnershipFactory()
    draft.enterprise = ownership.enterprise

    assert messages.newcomer(draft) == Recipient("+923000001234", "en", ownership.person_id)


def test_somebody_signed_in_is_told_on_the_phone_on_file():
    person = PersonFactory(phone="+923000001234", language="ur")

    assert messages.newcomer(DraftFactory(person=person, phone="")) == Recipient("+923000001234", "ur", person.pk)
    assert messages.newcomer(DraftFactory(person=PersonFactory(phone=""), phone="")) is None
    assert messages.newcomer(DraftFactory(phone="")) is None


def test_the_phone_on_file_is_told_of_a_rival_and_learns_nothing_of_them():
    claim = ClaimFactory(person__phone="+923000001234", person__language="en")

    text = messages.say_rival(claim, "en")

    assert messages.holder(claim) == Recipient("+923000001234", "en", claim.person_id)
    assert [part in text for part in ("Nasreen", claim.draft.phone, claim.person.cnic)] == [False] * 3


def test_without_a_phone_nobody_is_told_of_a_rival():
    assert messages.holder(ClaimFactory(person__phone="")) is None


@pytest.mark.parametrize("owner", ["neighbour", "other"])
def test_a_phone_of_strangers_is_told_nothing(draft, owner):
    draft.answers["phone"]["phone_owner"] = owner
    claim = ClaimFactory(person__phone_owner=owner)

    assert [messages.newcomer(draft).is_called, messages.holder(claim).is_called] == [True, True]
    # An advisor calls them anyway, or they were told in person.
    assert {kind.call for kind in messages.KINDS} == {""}
    assert [kind.name for kind in messages.KINDS if kind.lost] == ["enterprises.document_asked"]


def test_a_settled_claim_is_said_no_more():
    claim = ClaimFactory()
    waiting = messages.is_waiting(claim)
    claim.settled_at = timezone.now()

    assert (waiting, messages.is_waiting(claim)) == (True, False)


@pytest.mark.parametrize(("language", "most"), [("en", 1), ("ur", 2)])
def test_every_text_fits(draft, language, most):
    texts = [messages.say_registered(draft, language), messages.say_rival(ClaimFactory(), language)]

    assert [parts(text) <= most for text in texts] == [True, True]


def test_the_kinds_have_their_names():
    assert [kind.name for kind in messages.KINDS] == [
        "enterprises.registered",
        "enterprises.rival",
        "enterprises.phone_left",
        "enterprises.phone_kept",
        "enterprises.document_asked",
    ]


def test_a_paper_is_asked_for_while_it_is_missing_and_only_where_we_may_write():
    request = DocumentRequestFactory()
    assert messages.asked(request) is None

    ConsentFactory(person=request.person, kind="contact")

    assert messages.asked(request).person_id == request.person.pk
    assert (
        messages.is_still_asked(request),
        messages.is_still_asked(DocumentRequestFactory(closed_at=timezone.now())),
    ) == (
        True,
        False,
    )


@pytest.mark.parametrize("language", ["en", "ur"])
def test_asking_for_any_paper_fits_two_parts(language):
    for kind in DocumentKind.objects.all():
        text = messages.say_asked(DocumentRequestFactory(kind=kind, due_on=dt.date(2026, 11, 28)), language)

        assert parts(text) <= 2, text

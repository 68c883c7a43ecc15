"""What is said by SMS, and to whom."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from enterprises import messages
from messaging import outbox
from messaging.actions import delivery
from messaging.actions.delivery import CallInstead
from messaging.kinds import Recipient
from messaging.models import Message
from tests.factories.casework import CalledFactory, CaseFactory, ClosedFactory
from tests.factories.enterprises import (
    ApprovedChangeFactory,
    ClaimFactory,
    ConsentFactory,
    DraftFactory,
    EnterpriseFactory,
    OwnershipFactory,
    PersonFactory,
    district,
    system,
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

    text = messages.say_rival(claim.person, "en")

    told = Recipient("+923000001234", "en", claim.person_id)
    assert (messages.holder(claim.person), messages.holder(claim)) == (told, told)
    assert [part in text for part in ("Nasreen", claim.draft.phone, claim.person.cnic)] == [False] * 3


def test_without_a_phone_nobody_is_told_of_a_rival():
    assert messages.holder(PersonFactory(phone="")) is None


@time_machine.travel("2026-11-24 12:00 +0500", tick=False)
def test_who_was_registered_by_a_colleague_is_told_the_same():
    enterprise = OwnershipFactory(enterprise__reference="MUL-4827999", person__phone="+923000001234").enterprise
    about = {"enterprise": enterprise, "person": enterprise.owners.get()}
    CaseFactory(**about, first_contact_due_on=dt.date(2026, 11, 26), lets_contact=False)
    unasked = messages.contact(enterprise)
    ConsentFactory(person=enterprise.owners.get(), kind="contact")

    text = messages.say_registered_for_you(enterprise, "en")

    assert (unasked, messages.contact(enterprise).phone, messages.contact(EnterpriseFactory())) == (
        None,
        "+923000001234",
        None,
    )
    assert text == (
        "SMEDA has your registration MUL-4827999. An advisor calls you by 26 Nov. Nobody may ask for a fee."
    )


@pytest.mark.parametrize(
    ("made", "facts", "said"),
    [
        (CaseFactory, {"first_contact_due_on": dt.date(2026, 11, 24)}, "An advisor calls you by 24 Nov."),
        (CaseFactory, {"first_contact_due_on": dt.date(2026, 11, 23)}, "Help: 0800-00000, free."),
        (CalledFactory, {"next_contact_on": dt.date(2026, 12, 15)}, "An advisor calls you by 15 Dec."),
        (CalledFactory, {"next_contact_on": None}, "Help: 0800-00000, free."),
        (ClosedFactory, {"next_contact_on": dt.date(2026, 12, 15)}, "Help: 0800-00000, free."),
    ],
)
@time_machine.travel("2026-11-24 12:00 +0500", tick=False)
def test_a_text_promises_the_call_that_the_case_has_and_no_other(made, facts, said):
    """Who was a lead for weeks may have been called, or have agreed on a day, before they became a client."""
    case = made(enterprise__reference="MUL-4827999", **facts)

    text = messages.say_registered_for_you(case.enterprise, "en")

    assert text == f"SMEDA has your registration MUL-4827999. {said} Nobody may ask for a fee."


@pytest.mark.parametrize(
    ("owner", "reader", "is_told"),
    [("self", "self", True), ("self", "unsaid", True), ("self", "other", False), ("spouse", "self", False)],
)
def test_a_new_way_in_is_told_only_where_nobody_else_reads(owner, reader, is_told):
    """N4: a sheet of codes is for those whose phone others read; to tell it there would undo it."""
    person = PersonFactory(phone="+923000001234", phone_owner=owner, phone_reader=reader, language="en")

    told = messages.reads_alone(person)

    assert (told is not None) == is_told
    assert messages.say_way_in(person, "en") == (
        "SMEDA gave you a new way to sign in. If you did not ask for it, call 0800-00000, free."
    )


@pytest.mark.parametrize("owner", ["neighbour", "other"])
def test_a_phone_of_strangers_is_told_nothing(draft, owner):
    draft.answers["reach"]["phone_owner"] = owner
    claim = ClaimFactory(person__phone_owner=owner)

    assert [messages.newcomer(draft).is_called, messages.holder(claim.person).is_called] == [True, True]
    # An advisor calls them anyway, or they were told in person; but a paper that nobody speaks of never comes.
    assert {kind.name: str(kind.call) for kind in messages.KINDS if kind.call} == {
        "enterprises.document_asked": "a paper that is needed"
    }


@pytest.mark.parametrize("owner", ["neighbour", "other"])
def test_a_new_number_of_strangers_is_told_nothing(owner):
    """N4: no text goes to the phone of a neighbour or a shop."""
    change = ApprovedChangeFactory(new_owner=owner)

    assert (messages.new_number(change).is_called, messages.new_number(ApprovedChangeFactory()).is_called) == (
        True,
        False,
    )


def test_who_has_no_phone_of_their_own_is_called_about_a_paper():
    """N4: where no text may go, the advisor's desk has the call."""
    person = OwnershipFactory(person__phone_owner="neighbour").person
    ConsentFactory(person=person, kind="contact")
    request = DocumentRequestFactory(person=person)
    outbox.queue("enterprises.document_asked", target=request)

    with pytest.raises(CallInstead) as wanted:
        delivery.write(Message.objects.get(), now=timezone.now())

    assert wanted.value.about[1:] == (request, person.pk)


def test_a_settled_claim_is_said_no_more():
    claim = ClaimFactory()
    said = [messages.is_claimed(claim.person), messages.is_claimed(claim)]
    type(claim).objects.update(settled_at=timezone.now(), settled_by=system(), outcome="same")

    assert (said, messages.is_claimed(claim.person), messages.is_claimed(claim)) == ([True, True], False, False)


def test_the_kinds_have_their_names():
    assert [kind.name for kind in messages.KINDS] == [
        "enterprises.registered",
        "enterprises.registered_for_you",
        "enterprises.way_in",
        "enterprises.rival",
        "enterprises.card_released",
        "enterprises.card_taken_back",
        "enterprises.card_returned",
        "enterprises.owner_added",
        "enterprises.owner_beside",
        "enterprises.owner_ended",
        "enterprises.owner_left",
        "enterprises.name_corrected",
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

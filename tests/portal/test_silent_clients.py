"""R9: whoever took back the permission to be contacted is not called: no line that means a call is an advisor's."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from casework.models import Meeting
from enterprises import open_items as enterprises_items
from enterprises import querysets
from enterprises.actions import consents
from enterprises.consent_querysets import ConsentQuerySet
from enterprises.models import Consent, Draft, Person
from journal.open_items import Owner, Scope
from portal.pages.items import earliest, of_colleague
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, CaseFactory, ConfirmedMeetingFactory, smeda_office
from tests.factories.enterprises import DraftFactory, EntrepreneurUserFactory
from tests.factories.outcomes import FollowUpFactory
from tests.portal.test_after_a_move import WAITS, called_wrong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("papers_folder")]
CONTACT = Consent.Kind.CONTACT
# What colleagues have to do for the client nevertheless, and why it means no call.
NO_CALL = {
    "enterprises.claim": "an officer looks at a card, as whoever guards it has to",
    "enterprises.release": "a second officer looks at a card",
    "enterprises.phone_change": "a new number is checked that the client asked for themselves",
    "casework.business_plan": "a colleague reads it",
    "casework.business_plan_return": "the advisor completes it",
    "casework.step": "the step says what is done; a call is none",
    "casework.call": "it is about a loan, and says so",
    "casework.lost_text": "it is about a loan, and says so",
    "casework.meeting": "they come to the office",
    "casework.transfer": "a colleague says whether they take the case",
    "casework.transfer_refused": "a colleague reads why another does not take the case",
    "casework.writing": "they wrote themselves, and are answered on their page",
    "casework.offered_answer": "what is on file is looked at; nobody is called",
    "casework.flag": "it is colleagues' alone",
    "casework.plan_remark": "colleagues talk with each other",
    "loans.request_of_smeda": "the advisor answers the lender; nobody is called",
    "loans.card": "the money of a loan waits for it",
}


def held_by(advisor):
    """Kinds of what the colleague has to do."""
    scope = Scope(user_id=advisor.pk, office_ids=advisor.office_ids)
    rows = [item for item in earliest(of_colleague, scope, limit=50) if item["owner"] == Owner.ADVISOR]
    return {item["kind"] for item in rows}


def waiting_of_somebody_silent(kind):
    advisor = colleague(Role.ADVISOR, office=smeda_office())
    facts = {"office_id": min(advisor.office_ids), "advisor": advisor}
    agreed = {"next_contact_on": timezone.localdate()}
    case = CaseFactory(**facts) if kind == "casework.first_contact" else CalledFactory(**agreed, **facts)
    if make := WAITS[kind]:
        make(case)
    consents.withdraw(person=case.person, kind=CONTACT, by=advisor)
    return held_by(advisor)


@pytest.mark.parametrize("kind", WAITS)
def test_nothing_that_means_a_call_is_an_advisors(kind):
    assert waiting_of_somebody_silent(kind) <= {*NO_CALL}


@pytest.mark.parametrize(("is_silent", "held"), [(False, {"casework.outcome"}), (True, set())])
def test_who_has_no_page_and_may_not_be_called_is_asked_for_no_result(is_silent, held):
    case = CaseFactory()
    Person.objects.filter(pk=case.person_id).update(cnic=None, cnic_standing="none")
    FollowUpFactory(case=case)
    if is_silent:
        consents.withdraw(person=case.person, kind=CONTACT, by=case.advisor)

    assert held_by(case.advisor) - {"casework.first_contact"} == held


CARDS = {"cards_lost": "enterprises.card_lost", "cards_back": "enterprises.card_back"}


def turn_of_card(source):
    """Whose turn it is to show the card, and whether they are late, before and after they took back the permission."""
    case, found = CalledFactory(), []
    release = WAITS[CARDS[source]](case)
    type(release).objects.filter(pk=release.pk).update(due_on=timezone.localdate() - dt.timedelta(days=9))
    for _time in range(2):
        rows = getattr(enterprises_items, source)(Scope(enterprise_ids=[case.enterprise_id]))
        ((_kind, _business, _since, due_on, owner, *_rest),) = rows
        found.append((owner, due_on < timezone.localdate()))
        consents.withdraw(person=case.person, kind=CONTACT, by=case.advisor)
    return found


@pytest.mark.parametrize("source", CARDS)
def test_whoever_may_not_be_called_shows_the_card_themselves_and_is_not_late(source):
    assert turn_of_card(source) == [("advisor", True), ("entrepreneur", False)]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: nobody asks who took the permission back")
@pytest.mark.parametrize("source", CARDS)
def test_whoever_may_not_be_called_shows_the_card_themselves_and_is_not_late_control(source, monkeypatch):
    monkeypatch.setattr(enterprises_items, "turn_to_show_card", lambda _scope, of: {"due_on": "due_on"})

    assert turn_of_card(source) == [("advisor", True), ("entrepreneur", False)]


def what_was_called_wrong():
    case = CalledFactory()
    called_wrong(case)
    scope = Scope(enterprise_ids=[case.enterprise_id])
    consents.withdraw(person=case.person, kind=CONTACT, by=case.advisor)
    silent = list(enterprises_items.called_wrong(scope))
    given = consents.give(person=case.person, kind=CONTACT, by=case.advisor)
    ((_kind, _business, since, due_on, *_rest),) = enterprises_items.called_wrong(scope)
    return silent, (since, due_on) == (given.given_at, timezone.localdate() + dt.timedelta(days=7))


def test_what_was_called_wrong_waits_until_they_may_be_asked_and_is_not_late_then():
    assert what_was_called_wrong() == ([], True)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: who took it back may be asked too")
def test_what_was_called_wrong_waits_until_they_may_be_asked_control(monkeypatch):
    monkeypatch.setattr(ConsentQuerySet, "lets_contact", lambda rows: rows.filter(kind="contact"))

    assert what_was_called_wrong() == ([], True)


def test_the_pages_say_that_nobody_may_ask_and_remind_when_they_get_in_touch(signed_in):
    case = CalledFactory()
    called_wrong(case)
    client, url = signed_in(case.advisor), f"/desk/enterprises/{case.enterprise_id}/called-wrong/"
    before = client.get(url).text
    consents.withdraw(person=case.person, kind=CONTACT, by=case.advisor)

    after, talk = client.get(url).text, client.get(f"/desk/cases/{case.pk}/contacts/new/").text

    assert ("Ask the client." in before, "Do not call or text" in before) == (True, False)
    assert ("Ask the client." in after, "Do not call or text" in after) == (False, True)
    assert "They called something wrong: Name." in talk


def test_their_own_page_promises_no_question(signed_in):
    case = CalledFactory(person__user=EntrepreneurUserFactory())
    called_wrong(case)
    client = signed_in(case.person.user)
    before = client.get("/my/").text
    consents.withdraw(person=case.person, kind=CONTACT, by=case.person.user)

    promise = "Your advisor asks you about what you called wrong"
    assert (promise in before, promise in client.get("/my/").text) == (True, False)


def stopped_and_silent():
    case = CaseFactory()
    long_ago = timezone.now() - dt.timedelta(days=1)
    draft = DraftFactory(person=case.person, call_due_on=timezone.localdate())
    Draft.objects.filter(pk=draft.pk).update(touched_at=long_ago)
    before = Draft.objects.to_call(at=timezone.now()).count()
    consents.withdraw(person=case.person, kind=CONTACT, by=case.advisor)
    return before, Draft.objects.to_call(at=timezone.now()).count()


def test_whoever_stopped_halfway_is_not_called_either():
    assert stopped_and_silent() == (1, 0)


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: nobody asks who took the permission back")
def test_whoever_stopped_halfway_is_not_called_either_control(monkeypatch):
    monkeypatch.setattr(querysets, "refuses_contact", lambda: querysets.Q(pk__in=[]))

    assert stopped_and_silent() == (1, 0)


@pytest.mark.parametrize(("channel", "kind", "state"), [
    ("phone", CONTACT, "cancelled"),
    ("visit", CONTACT, "cancelled"),
    ("office", CONTACT, "confirmed"),
    ("phone", Consent.Kind.SHARE, "confirmed"),
])  # fmt: skip
def test_a_time_that_was_kept_for_a_call_or_a_visit_is_free_again(channel, kind, state):
    case = CalledFactory()
    ConfirmedMeetingFactory(case=case, channel=channel)
    consents.give(person=case.person, kind=kind, by=case.advisor)

    consents.withdraw(person=case.person, kind=kind, by=case.advisor)

    assert Meeting.objects.get().state == state

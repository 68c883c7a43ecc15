"""R9: whoever does not let SMEDA contact them is not called, and nobody is late with it."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.roles import Role
from casework import messages, querysets
from casework.actions import clocks, contacts
from casework.actions.clocks import first_call_by
from casework.models import Contact, Referral
from casework.open_items import open_items
from casework.sweeps import overdue_first_contacts
from enterprises.actions import consents
from enterprises.models import Consent
from journal.open_items import Scope, united
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, CallFactory, CaseFactory, DeclinedReferralFactory
from tests.factories.enterprises import entrepreneur

pytestmark = pytest.mark.django_db
LONG_AGO = dt.date(2026, 11, 2)
SINCE_LONG_AGO = (timezone.localdate() - LONG_AGO).days + 1
CONTACT = Consent.Kind.CONTACT
TALK = {"channel": "office", "agreed": "He wants to think about it.", "next_on": None}


def take_back(case, *, days_ago=0):
    """Written down by their advisor; days ago, so that they were silent for so long."""
    consents.withdraw(person=case.person, kind=CONTACT, by=case.advisor)
    Consent.objects.filter(person=case.person).update(withdrawn_at=timezone.now() - dt.timedelta(days=days_ago))


def give(case, *, by=None):
    consents.give(person=case.person, kind=CONTACT, by=by or case.advisor)


def on_day(days):
    return timezone.localdate() + dt.timedelta(days=days)


def kinds_of(case, **scope):
    rows = united(open_items(Scope(**(scope or {"enterprise_ids": [case.enterprise_id]}))), limit=50)
    return {row["kind"]: row["due_on"] for row in rows}


def manager_over(case):
    return colleague(Role.REGIONAL_MANAGER, office=case.office)


def nobody_waits_for_the_call():
    case = CaseFactory(first_contact_due_on=LONG_AGO)
    manager = manager_over(case)
    assert kinds_of(case) == {"casework.first_contact": LONG_AGO}
    take_back(case, days_ago=SINCE_LONG_AGO)

    assert (kinds_of(case), kinds_of(case, user_id=manager.pk), kinds_of(case, user_id=case.advisor_id)) == ({}, {}, {})
    assert (list(overdue_first_contacts(timezone.now())), messages.FIRST_CONTACT_OVERDUE.still_due(case)) == ([], False)
    give(case)
    assert kinds_of(case) == {"casework.first_contact": first_call_by(timezone.localdate())}


def test_taken_back_nobody_waits_for_the_first_call_and_given_again_it_is_due_anew():
    nobody_waits_for_the_call()


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: whoever is new is called")
def test_taken_back_nobody_waits_for_the_first_call_control(monkeypatch):
    monkeypatch.setattr(querysets.CaseQuerySet, "to_contact", querysets.CaseQuerySet.all)

    nobody_waits_for_the_call()


def test_who_never_gave_it_is_a_lead_whom_nobody_calls_and_their_advisor_finds_the_case():
    case = CaseFactory(first_contact_due_on=LONG_AGO, lets_contact=False)

    assert (kinds_of(case), kinds_of(case, user_id=case.advisor_id)) == ({}, {})
    assert list(type(case).objects.silent().filter(advisor=case.advisor)) == [case]


def test_what_was_agreed_or_is_to_be_said_waits_too_but_not_what_belongs_to_a_loan():
    case = CalledFactory(next_contact_on=LONG_AGO, last_contact_at=timezone.now() - dt.timedelta(days=40))
    CallFactory(case=case, kind="casework.plan_agreed", due_on=LONG_AGO, is_lost=True)
    referral = DeclinedReferralFactory(case=case)
    Referral.objects.filter(pk=referral.pk).update(due_on=LONG_AGO)
    waiting = {"casework.next_contact", "casework.lost_text", "casework.answer"}
    assert set(kinds_of(case)) == waiting

    take_back(case, days_ago=SINCE_LONG_AGO)
    CallFactory(case=case, kind="loans.instalment_due", due_on=LONG_AGO)
    assert kinds_of(case) == {"casework.call": LONG_AGO}

    give(case)
    assert kinds_of(case) == dict.fromkeys(waiting, first_call_by(timezone.localdate()))


def test_a_day_that_was_agreed_and_is_to_come_stands():
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    case = CalledFactory(next_contact_on=tomorrow)
    take_back(case)

    give(case)

    case.refresh_from_db()
    assert (case.next_contact_on, case.version) == (tomorrow, 0)


@pytest.mark.parametrize(
    ("due", "days_ago", "by", "is_anew"),
    [
        (-2, 3, "advisor", True),  # nobody might call on that day
        (1, 3, "advisor", True),
        (-2, 2, "advisor", True),  # on the very day it was not late yet
        (-20, 3, "advisor", False),  # late before
        (-20, 3, "client", False),
        (1, 0, "advisor", False),  # silent for some hours, by the advisor's word alone
        (-20, 0, "advisor", False),
        (1, 0, "client", True),
    ],
)
def test_a_clock_runs_anew_after_a_silence_and_never_for_what_was_late_before(due, days_ago, by, is_anew):
    case = CaseFactory(first_contact_due_on=on_day(due), person=entrepreneur().person)
    later = CalledFactory(next_contact_on=on_day(due), person=case.person)
    call = CallFactory(case=case, kind="casework.plan_agreed", due_on=on_day(due), is_lost=True)
    take_back(case, days_ago=days_ago)

    give(case, by=case.person.user if by == "client" else case.advisor)

    for row in (case, later, call):
        row.refresh_from_db()
    anew = first_call_by(timezone.localdate())
    # What was agreed, or is to be said, on a day to come stands in any case.
    rest = anew if is_anew and due < 0 else on_day(due)
    assert case.first_contact_due_on == (anew if is_anew else on_day(due))
    assert (later.next_contact_on, call.due_on) == (rest, rest)


def late_however_often_it_is_taken_back_and_given():
    case = CaseFactory(first_contact_due_on=LONG_AGO)

    for _time in range(2):
        take_back(case)
        give(case)

    assert kinds_of(case) == {"casework.first_contact": LONG_AGO}


def test_an_advisor_is_late_however_often_the_permission_is_taken_back_and_given():
    late_however_often_it_is_taken_back_and_given()


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: nobody asks since when they were silent")
def test_an_advisor_is_late_however_often_the_permission_is_taken_back_and_given_control(monkeypatch):
    monkeypatch.setattr(clocks, "silent_since", lambda _event: None)

    late_however_often_it_is_taken_back_and_given()


def test_another_permission_moves_no_clock():
    case = CaseFactory(first_contact_due_on=LONG_AGO)

    consents.give(person=case.person, kind=Consent.Kind.NAMED, by=case.advisor)

    assert kinds_of(case) == {"casework.first_contact": LONG_AGO}


def log_of_silent(case, **said):
    said = {"lets_contact": False, "is_unasked": False} | TALK | said
    return contacts.log_of_silent(case=case, by=case.advisor, version=case.version, **said)


def test_nobody_logs_that_they_called_who_may_not_be_called():
    case = CaseFactory(lets_contact=False)

    with pytest.raises(ValidationError) as refused:
        log_of_silent(case)

    assert (refused.value.code, Contact.objects.count()) == ("silent", 0)


def test_that_they_came_by_themselves_is_logged_and_the_permission_with_it():
    case = CaseFactory(lets_contact=False)
    other = CaseFactory(person=case.person, first_contact_due_on=LONG_AGO, lets_contact=False)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)

    contact = log_of_silent(case, is_unasked=True, lets_contact=True, next_on=tomorrow)

    assert (contact.is_unasked, case.person.lets_contact) == (True, True)
    assert kinds_of(case) == {"casework.next_contact": tomorrow}
    assert kinds_of(other) == {"casework.first_contact": first_call_by(timezone.localdate())}


def test_that_they_came_gives_no_permission_by_itself():
    case = CaseFactory(lets_contact=False)

    log_of_silent(case, is_unasked=True)

    assert (case.person.lets_contact, kinds_of(case)) == (False, {})


def test_whoever_came_by_and_gives_the_permission_later_is_called_again():
    case = CaseFactory(lets_contact=False)
    log_of_silent(case, is_unasked=True)

    give(case)

    assert kinds_of(case) == {"casework.next_contact": first_call_by(timezone.localdate())}


def test_about_a_loan_they_are_called_and_that_call_alone_is_over(signed_in):
    case = CalledFactory(lets_contact=False)
    other = CallFactory(case=case, kind="casework.plan_agreed")
    CallFactory(case=case, kind="loans.instalment_due", due_on=LONG_AGO)
    assert kinds_of(case) == {"casework.call": LONG_AGO}
    client, url = signed_in(case.advisor), f"/desk/cases/{case.pk}/contacts/new/"
    before = client.get(url).content.decode()
    typed = {"channel": "phone", "agreed": "She pays on Monday.", "version": case.version}

    client.post(url, typed | {"request_key": str(uuid.uuid4())})

    assert ("You may call about their loan, and about nothing else: " in before, "tel:" in before) == (True, True)
    assert "Say this when they get in touch: no text told them." in before
    assert (list(case.contacts.values_list("is_unasked", flat=True)), kinds_of(case)) == ([False], {})
    assert list(case.calls.waiting()) == [other]
    assert client.post(url, typed | {"agreed": "He pays."}).context["form"].errors.keys() == {"is_unasked"}


def test_a_talk_of_the_day_on_which_it_was_taken_back_may_still_be_written_down():
    case = CaseFactory()
    take_back(case)

    assert log_of_silent(case).is_unasked is False


def open_in_a_week():
    """The first Monday after: no weekend, and no query while tests are gathered."""
    day = timezone.localdate() + dt.timedelta(days=7)
    return day + dt.timedelta(days=7 - day.weekday())


ALL = {"is_unasked": "on", "channel": "office", "agreed": "He came with his bill.", "version": "0"}


@pytest.mark.parametrize(
    ("left_out", "added", "wrong"),
    [
        (["is_unasked"], {}, {"is_unasked": ["Tick this. If we called them, nobody should have."]}),
        ([], {"lets_contact": "on"}, {"next_on": ["Enter a day."]}),
        (
            [],
            {"next_on": f"{open_in_a_week():%d-%m-%Y}"},
            {"next_on": ["Nobody may call on that day. Leave it empty, or tick that they give the permission."]},
        ),
    ],
)
def test_the_contact_page_asks_only_for_what_may_be(left_out, added, wrong, signed_in):
    case = CaseFactory(lets_contact=False)
    typed = {name: value for name, value in (ALL | added).items() if name not in left_out}

    page = signed_in(case.advisor).post(f"/desk/cases/{case.pk}/contacts/new/", typed)

    assert page.context["form"].errors == wrong
    assert "Do not call or text: they never gave permission to be contacted." in page.content.decode()
    assert "tel:+92300" not in page.content.decode()


def test_the_case_page_says_that_nobody_may_call_and_offers_what_may_be_done(signed_in):
    case = CaseFactory(first_contact_due_on=LONG_AGO)
    take_back(case)
    Consent.objects.update(withdrawn_at=dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC))

    page = signed_in(case.advisor).get(f"/desk/cases/{case.pk}/")

    assert "Do not call or text: they took the permission back on" in page.content.decode()
    assert [action["label"] for action in page.context["page"].actions] == ["Log that they got in touch", "Add a note"]
    assert [tag["text"] for tag in page.context["page"].tags][:1] == ["Not called: no permission"]
    assert page.context["page"].next_step is None


def test_the_case_list_shows_whom_nobody_may_call_and_finds_them(signed_in):
    case = CaseFactory(lets_contact=False)
    CaseFactory(office=case.office, advisor=case.advisor)

    page = signed_in(case.advisor).get("/desk/cases/?state=silent")

    (row,) = page.context["cases"].groups[0]["rows"]
    assert (row["cells"][0]["text"], row["cells"][-1]["text"]) == ("Not called: no permission", "No: do not call")

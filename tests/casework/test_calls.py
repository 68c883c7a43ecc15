"""Calls instead of texts (R12): on the advisor's desk until somebody talked with the client."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError
from django.utils import timezone

from casework.actions import calls, contacts
from casework.models import Call
from casework.open_items import open_items
from journal.moves import MoveRefused
from journal.open_items import Scope, united
from messaging import kinds
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, CallFactory, CaseFactory, ClosedFactory, ContactFactory
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import ApplicationFactory

pytestmark = pytest.mark.django_db


def ask(target, person_id, name="loans.decision", **why):
    calls.ask(kinds.get(name), target, person_id, **why)


def desk(**scope):
    rows = united(open_items(Scope(**scope)), limit=50)
    return [
        (row["kind"], row["target_id"], row["holder_id"], row["owner"])
        for row in rows
        if row["kind"] in {"casework.call", "casework.lost_text"}
    ]


def test_it_waits_on_the_desk_of_the_advisor():
    case = CalledFactory()
    application = ApplicationFactory(enterprise=case.enterprise, person=case.person)

    ask(application, case.person_id)

    call = Call.objects.get()
    assert (call.case, call.kind, call.due_on > timezone.localdate()) == (case, "loans.decision", True)
    assert desk(user_id=case.advisor_id) == [("casework.call", case.pk, case.advisor_id, "advisor")]


def test_asked_again_it_is_one_call():
    case = CalledFactory()

    for name in ("loans.decision", "loans.decision", "loans.instalment_due"):
        ask(case, case.person_id, name)

    assert (Call.objects.count(), len(desk(user_id=case.advisor_id))) == (2, 1)


def test_without_an_enterprise_it_is_the_persons_newest_case():
    older = CaseFactory(opened_at=timezone.now() - dt.timedelta(days=9))
    newer = CaseFactory(person=older.person)

    ask(PersonFactory(), older.person_id)

    assert Call.objects.get().case == newer


def test_somebody_without_a_case_is_logged(caplog):
    ask(PersonFactory(), None)

    assert (Call.objects.count(), [record.message for record in caplog.records]) == (0, ["nobody to call"])


def test_any_contact_with_the_client_ends_it():
    call = CallFactory(case=CalledFactory())
    case = call.case

    contact = contacts.log(case=case, by=case.advisor, version=0, channel="phone", agreed="Told her.", next_on=None)

    call.refresh_from_db()
    assert (call.contact, desk(user_id=case.advisor_id)) == (contact, [])


def lost_texts(case):
    return desk(user_id=case.advisor_id)


def test_a_text_that_was_given_up_waits_on_the_desk_too():
    case = CalledFactory()

    ask(case, case.person_id, "loans.receipt", is_lost=True)

    assert lost_texts(case) == [("casework.lost_text", case.pk, case.advisor_id, "advisor")]


def test_a_later_text_of_the_kind_ends_it_and_no_other():
    case, other = CalledFactory(), CalledFactory()
    for client in (case, other):
        ask(client, client.person_id, "loans.receipt", is_lost=True)

    calls.arrived(kinds.get("loans.instalment_due"), case.person_id)
    before = len(lost_texts(case))
    calls.arrived(kinds.get("loans.receipt"), case.person_id)

    assert (before, lost_texts(case), len(lost_texts(other))) == (1, [], 1)
    ask(case, case.person_id, "loans.receipt", is_lost=True)
    assert len(lost_texts(case)) == 1


def test_a_text_that_arrives_says_nothing_to_a_phone_that_is_called():
    """There none may go; if one went after all, the call was asked for by a rule and stands."""
    call = CallFactory(case=CalledFactory())

    calls.arrived(kinds.get(call.kind), call.case.person_id)

    assert len(desk(user_id=call.case.advisor_id)) == 1


def test_a_contact_ends_a_lost_text_too():
    case = CalledFactory()
    ask(case, case.person_id, "loans.receipt", is_lost=True)

    contacts.log(case=case, by=case.advisor, version=0, channel="phone", agreed="Told her.", next_on=None)

    assert lost_texts(case) == []


def test_the_database_holds_that_only_a_lost_text_arrives_later():
    with pytest.raises(IntegrityError, match="casework_only_a_lost_text_arrives_later"):
        CallFactory(case=CalledFactory(), arrived_at=timezone.now())


BEFORE, AFTER = dt.timedelta(days=-1), dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "since", "waits"),
    [
        ("loans.receipt", BEFORE, True),
        ("loans.receipt", AFTER, True),
        ("casework.plan_agreed", BEFORE, False),
        ("enterprises.card_released", AFTER, True),
    ],
)
def test_with_its_case_ends_what_waited_then_but_for_the_loan(kind, since, waits):
    """D1: a plan that is over is told to nobody; money, and what comes later, is."""
    case = ClosedFactory()
    CallFactory(case=case, kind=kind, is_lost=True, since=case.closed_at + since)

    assert (Call.objects.to_make().exists(), len(desk(user_id=case.advisor_id))) == (waits, int(waits))


def last_word(**of_call):
    case = ClosedFactory(last_contact_at=timezone.now() - dt.timedelta(days=9))
    call = CallFactory(case=case, is_lost=True, **{"kind": "loans.receipt"} | of_call)
    contact = contacts.log(case=case, by=case.advisor, version=0, channel="phone", agreed="Told her.", next_on=None)
    for row in (case, call):
        row.refresh_from_db()
    return case, call, contact


def test_a_call_about_a_loan_is_made_after_the_case_was_closed():
    case, call, contact = last_word()

    assert (call.contact, desk(user_id=case.advisor_id)) == (contact, [])
    assert (case.state, case.outcome, case.next_contact_on) == ("closed", "graduated", None)
    assert (case.version, case.last_contact_at) == (1, contact.at)


def test_where_nothing_waits_a_closed_case_takes_no_contact():
    with pytest.raises(MoveRefused):
        last_word(contact=ContactFactory())


def test_no_further_day_is_agreed_with_a_closed_case():
    case = CallFactory(case=ClosedFactory(), kind="loans.receipt").case

    contact = contacts.log(
        case=case, by=case.advisor, version=0, channel="phone", agreed="Told her.", next_on=timezone.localdate()
    )

    case.refresh_from_db()
    assert (contact.next_on, case.next_contact_on) == (None, None)


def test_the_page_of_a_closed_case_leads_to_the_call_and_its_form_asks_for_no_further_day(signed_in):
    case = CallFactory(case=ClosedFactory(), kind="loans.receipt", is_lost=True).case
    client = signed_in(case.advisor)

    page = client.get(case.get_absolute_url()).context["page"]
    to = page.next_step["actions"][0]["url"]
    form = client.get(to).context["form"]
    said = {"request_key": str(uuid.uuid4()), "version": "0", "channel": "phone", "agreed": "She knows it."}
    saved = client.post(to, said)

    assert (page.actions, "next_on" in form.fields, saved.status_code) == ([], False, 302)
    assert client.get(case.get_absolute_url()).context["page"].next_step is None


def test_the_case_page_says_what_to_do(signed_in):
    case = CalledFactory()
    CallFactory(case=case, kind="loans.receipt", is_lost=True, due_on=timezone.localdate())

    step = signed_in(case.advisor).get(case.get_absolute_url()).context["page"].next_step

    assert (step["title"], step["actions"][0]["label"]) == ("Call: a message did not arrive", "Log the call")


def test_the_contact_form_says_what_a_lost_text_was_about(signed_in):
    call = CallFactory(case=CalledFactory(), kind="loans.receipt", is_lost=True)

    page = signed_in(call.case.advisor).get(f"/desk/cases/{call.case.pk}/contacts/new/").content.decode()

    assert "money that was received" in page


def test_the_contact_form_says_what_to_say(signed_in):
    call = CallFactory(case=CalledFactory())

    page = signed_in(call.case.advisor).get(f"/desk/cases/{call.case.pk}/contacts/new/").content.decode()

    assert "the decision of the lender" in page


def test_it_leads_to_enterprise_and_person():
    call = CallFactory()

    assert (call.enterprise_id, call.person_id) == (call.case.enterprise_id, call.case.person_id)


def test_it_is_seen_by_smeda_alone():
    call = CallFactory()
    users = [call.case.advisor, call.case.person.user, colleague("loan_officer")]

    assert [Call.objects.visible_to(user).exists() for user in users] == [True, False, False]
    assert [user.has_perm("casework.view_call", call) for user in users] == [True, False, False]

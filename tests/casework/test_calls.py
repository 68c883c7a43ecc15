"""Calls instead of texts (R12): on the advisor's desk until somebody talked with the client."""

import datetime as dt

import pytest
from django.utils import timezone

from casework.actions import calls, contacts
from casework.models import Call
from casework.open_items import open_items
from journal.open_items import Scope, united
from messaging import kinds
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, CallFactory, CaseFactory
from tests.factories.enterprises import PersonFactory
from tests.factories.loans import ApplicationFactory

pytestmark = pytest.mark.django_db


def ask(target, person_id, name="loans.decision"):
    calls.ask(kinds.get(name), target, person_id)


def desk(**scope):
    rows = united(open_items(Scope(**scope)), limit=50)
    return [
        (row["kind"], row["target_id"], row["holder_id"], row["owner"])
        for row in rows
        if row["kind"] == "casework.call"
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

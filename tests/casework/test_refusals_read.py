"""Whoever offered a case and got a no reads why: it stands on their desk until they did."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from casework.actions import cases, transfers
from casework.actions.clocks import first_call_by
from casework.models import Case, Transfer
from casework.open_items import open_items
from casework.querysets import TransferQuerySet
from journal.moves import EditConflict, MoveRefused
from journal.open_items import Scope
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, RefusedTransferFactory, TransferFactory, smeda_office

pytestmark = pytest.mark.django_db
KIND = "casework.transfer_refused"
WHY = "Nobody drives that far."


@pytest.fixture
def transfer():
    """Asked by who has the case, and refused in another office."""
    there = colleague(Role.ADVISOR, office=smeda_office("lahore"))
    case = CalledFactory()
    asked = transfers.To(there.appointments.get().office, there)
    made = transfers.propose(case=case, to=asked, by=case.advisor, version=0, reason="She moved.")
    return transfers.refuse(transfer=made, by=there, version=0, refusal=WHY)


def kinds_of(user, *, today=None):
    scope = Scope(user_id=user.pk, office_ids=user.office_ids, today=today or timezone.localdate())
    return [kind for rows in open_items(scope) for kind, *_facts in rows if kind == KIND]


def see(transfer, by=None):
    return transfers.see(transfer=transfer, by=by or transfer.by, version=transfer.version)


def url(transfer, name="transfer-see"):
    return reverse(f"casework:{name}", args=[transfer.pk])


def press(client, transfer):
    return client.post(url(transfer), {"version": transfer.version, "request_key": str(uuid.uuid4())})


def test_a_no_stands_on_the_desk_of_whoever_asked_until_it_is_read(transfer):
    assert (transfer.due_on, kinds_of(transfer.by)) == (first_call_by(timezone.localdate()), [KIND])
    assert kinds_of(transfer.decided_by) == []

    seen = see(transfer)

    assert (seen.seen_at is not None, seen.version, kinds_of(transfer.by)) == (True, transfer.version + 1, [])


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: nobody is told of a no")
def test_a_no_stands_on_the_desk_of_whoever_asked_until_it_is_read_control(transfer, monkeypatch):
    monkeypatch.setattr(TransferQuerySet, "refused_unseen", TransferQuerySet.none)

    test_a_no_stands_on_the_desk_of_whoever_asked_until_it_is_read(transfer)


def test_read_twice_is_read_once(transfer):
    first = see(transfer)

    assert see(first).seen_at == first.seen_at
    with pytest.raises(EditConflict):
        see(transfer)


def test_only_a_no_is_read():
    transfer = TransferFactory()

    with pytest.raises(MoveRefused):
        see(transfer)


def test_nobody_else_reads_it_for_them_but_the_manager_there_once_it_is_late(transfer):
    """And never who said no themselves: whoever asked would not hear of it."""
    other = colleague(Role.ADVISOR, office=transfer.from_office)
    manager = colleague(Role.REGIONAL_MANAGER, office=transfer.from_office)
    refuser = colleague(Role.REGIONAL_MANAGER, office=transfer.from_office)
    Transfer.objects.filter(pk=transfer.pk).update(decided_by=refuser)
    for reader in (other, manager, refuser):
        with pytest.raises(PermissionDenied):
            see(transfer, by=reader)

    Transfer.objects.filter(pk=transfer.pk).update(due_on=timezone.localdate() - dt.timedelta(days=1))

    for reader in (other, refuser):
        with pytest.raises(PermissionDenied):
            see(transfer, by=reader)
    assert see(transfer, by=manager).seen_at


def test_once_it_is_late_it_is_the_managers_too(transfer):
    manager = colleague(Role.REGIONAL_MANAGER, office=transfer.from_office)
    days = [transfer.due_on, transfer.due_on + dt.timedelta(days=1)]

    assert [kinds_of(manager, today=day) for day in days] == [[], [KIND]]


def test_whoever_asks_anew_has_read_it(transfer):
    other = colleague(Role.ADVISOR, office=smeda_office("lahore"))
    case = Case.objects.get(pk=transfer.case_id)
    asked = transfers.To(other.appointments.get().office, other)

    transfers.propose(case=case, to=asked, by=transfer.by, version=case.version, reason="She moved.")

    transfer.refresh_from_db()
    assert transfer.seen_at is not None


@pytest.mark.parametrize("how", ["closed", "gone"])
def test_of_a_case_that_ended_or_went_on_nobody_has_to_read_it(transfer, how):
    case = Case.objects.get(pk=transfer.case_id)
    if how == "closed":
        cases.close(case=case, by=case.advisor, version=case.version, outcome="moved")
    else:
        Case.objects.filter(pk=case.pk).update(advisor=colleague(Role.ADVISOR, office=case.office))

    assert not Transfer.objects.refused_unseen().exists()


def test_the_desk_leads_to_the_page_that_says_why_and_has_a_button(signed_in, transfer):
    client = signed_in(transfer.by)
    desk = client.get("/desk/").text
    page = client.get(url(transfer, "transfer-detail")).text

    answer = press(client, transfer)

    assert ["Case not taken: read why" in desk, url(transfer, "transfer-detail") in desk] == [
        True,
        True,
    ]
    assert [WHY in page, url(transfer) in page] == [True, True]
    assert answer["Location"] == transfer.case.get_absolute_url()
    assert url(transfer) not in client.get(url(transfer, "transfer-detail")).text


def test_who_refused_finds_no_button(signed_in, transfer):
    client = signed_in(transfer.decided_by)

    assert url(transfer) not in client.get(url(transfer, "transfer-detail")).text
    assert press(client, transfer).status_code == 403


@pytest.mark.parametrize("count", [1, 3, 8])
def test_the_desk_takes_as_many_questions_however_many_noes(count, signed_in, django_assert_num_queries):
    office = smeda_office()
    advisor = colleague(Role.ADVISOR, office=office)
    for _time in range(count):
        RefusedTransferFactory(case=CalledFactory(office=office, advisor=advisor), by=advisor)
    client = signed_in(advisor)
    client.get("/desk/")

    with django_assert_num_queries(QUERIES):
        assert client.get("/desk/").text.count("Case not taken: read why") >= count


QUERIES = 11

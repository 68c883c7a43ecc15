"""Of two who answer one proposal at the very same moment, one decides, and the other is shown that."""

import uuid

import pytest
from django.urls import reverse

from accounts.roles import Role
from casework.actions import transfers
from journal import moves
from journal.models import Event
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.casework import TransferFactory

PROPOSALS = 8

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def decided_from_both_sides():
    """What whoever is asked and their manager were told; and how often each case was decided upon."""
    asked = [TransferFactory() for _one in range(PROPOSALS)]
    managers = [colleague(Role.REGIONAL_MANAGER, office=transfer.to_office) for transfer in asked]

    def act(place):
        transfer = asked[place // 2]
        if place % 2:
            return transfers.refuse(transfer=transfer, by=managers[place // 2], version=0, refusal="Too far.")
        return transfers.accept(transfer=transfer, by=transfer.to_advisor, version=0)

    answers = at_once(2 * PROPOSALS, act)
    events = Event.objects.filter(name__in=["casework.transfer_accepted", "casework.transfer_refused"])
    times = [events.filter(target_id=transfer.pk).count() for transfer in asked]
    return list(zip(answers[::2], answers[1::2], strict=True)), times


def check(outcome):
    answers, times = outcome

    for pair in answers:
        assert sorted(type(answer).__name__ for answer in pair) in (
            ["EditConflict", "Transfer"],
            ["MoveRefused", "Transfer"],
        )
    assert times == [1] * PROPOSALS


def test_one_of_them_decides(db):
    with committed_rows():
        check(decided_from_both_sides())


def test_one_of_them_decides_control(db, monkeypatch):
    """The control: where nobody holds the row first, both of some pair decide."""

    def unlocked(item, *, version):
        return type(item)._default_manager.get(pk=item.pk)

    for module in (moves, transfers):
        monkeypatch.setattr(module, "hold", unlocked)

    with committed_rows(), pytest.raises(AssertionError):
        check(decided_from_both_sides())


def reason(place):
    """Words of their own for each who types, without a number that a page writes in its own way."""
    return f"Reason of {chr(ord('A') + place)} alone."


def typed_from_both_sides(signed_in):
    """What the pages said to whoever is asked and to their manager, who both typed why not."""
    asked = [TransferFactory() for _one in range(PROPOSALS)]
    managers = [colleague(Role.REGIONAL_MANAGER, office=transfer.to_office) for transfer in asked]
    clients = [
        signed_in(user) for pair in zip((one.to_advisor for one in asked), managers, strict=True) for user in pair
    ]

    def act(place):
        path = reverse("casework:transfer-refuse", args=[asked[place // 2].pk])
        typed = {"version": 0, "refusal": reason(place), "request_key": str(uuid.uuid4())}
        return clients[place].post(path, typed)

    pages = at_once(2 * PROPOSALS, act)
    return list(enumerate(zip(pages[::2], pages[1::2], strict=True)))


def check_pages(pairs):
    for place, pair in pairs:
        (slower,) = [one for one in (0, 1) if pair[one].status_code == 409]
        assert pair[1 - slower].status_code == 302
        yours, theirs = (reason(2 * place + one) for one in (slower, 1 - slower))
        assert [yours in pair[slower].text, theirs in pair[slower].text] == [True, True]


def test_whoever_is_slower_reads_both_texts(db, signed_in):
    with committed_rows():
        check_pages(typed_from_both_sides(signed_in))


def test_whoever_is_slower_reads_both_texts_control(db, signed_in, monkeypatch):
    """The control: where nobody holds the row first, some are told of nobody."""

    def unlocked(item, *, version):
        return type(item)._default_manager.get(pk=item.pk)

    for module in (moves, transfers):
        monkeypatch.setattr(module, "hold", unlocked)

    with committed_rows(), pytest.raises((AssertionError, ValueError)):
        check_pages(typed_from_both_sides(signed_in))

"""Of two managers who call about one contact at the very same moment one is heard; of two nights one draws."""

import pytest
from django.utils import timezone

from accounts.roles import Role
from casework.actions import call_backs
from casework.models import CallBack
from journal import moves
from journal.models import Event
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.call_backs import DrawnCallBackFactory, SessionFactory
from tests.factories.enterprises import system

CONTACTS = 8

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def called_by_two():
    """What each of two managers was told, and how often each contact was called about."""
    backs = [DrawnCallBackFactory() for _contact in range(CONTACTS)]
    managers = [colleague(Role.REGIONAL_MANAGER, office=back.read_at) for back in backs for _two in range(2)]

    def act(place):
        said = {"took_place": ("yes", "no")[place % 2], "is_as_agreed": "yes", "is_content": "yes", "words": ""}
        return call_backs.reach(back=backs[place // 2], by=managers[place], version=0, **said)

    answers = at_once(2 * CONTACTS, act)
    events = Event.objects.filter(name="casework.called_back")
    times = [events.filter(target_id=back.pk).count() for back in backs]
    return list(zip(answers[::2], answers[1::2], strict=True)), times


def check(outcome):
    answers, times = outcome

    for pair in answers:
        assert sorted(type(answer).__name__ for answer in pair) == ["CallBack", "EditConflict"]
    assert times == [1] * CONTACTS


def unlocked(item, *, version):
    return type(item)._default_manager.get(pk=item.pk)


def test_one_of_them_is_heard(db):
    with committed_rows():
        check(called_by_two())


def test_one_of_them_is_heard_control(db, monkeypatch):
    """The control: where nobody holds the row first, both of some pair are heard."""
    for module in (moves, call_backs):
        monkeypatch.setattr(module, "hold", unlocked)

    with committed_rows(), pytest.raises(AssertionError):
        check(called_by_two())


def test_of_two_nights_one_draws(db):
    with committed_rows():
        by, now = system(), timezone.now()
        contacts = [SessionFactory() for _contact in range(CONTACTS)]

        def act(place):
            return call_backs.draw_lot(contacts[place // 2], now=now, by=by, lot=lambda: True)

        answers = at_once(2 * CONTACTS, act)

        assert sorted(answers) == [False] * CONTACTS + [True] * CONTACTS
        assert CallBack.objects.count() == CONTACTS

"""Five wrong tries for one CNIC in all sessions together (N4), counted before the look; then a pause that grows."""

import datetime as dt

import pytest
from django.utils import timezone

from enterprises.actions import tries
from enterprises.models import SignInLock
from tests.committed import at_once, committed_rows
from tests.factories.enterprises import SignInLockFactory

SUBJECT = "of somebody"


def pauses(count):
    """The minutes that each of so many tries began to pause for, the clock standing at the end of each pause."""
    found = []
    for _try in range(count):
        lock = SignInLock.objects.filter(subject=SUBJECT).first()
        if lock and lock.locked_until:
            SignInLock.objects.update(locked_until=timezone.now())
        before = timezone.now()
        assert tries.take(subject=SUBJECT) is None
        until = SignInLock.objects.get().locked_until
        found.append(round((until - before).total_seconds() / 60) if until and until > before else 0)
    return found


@pytest.mark.django_db
def test_every_fifth_try_begins_a_longer_pause():
    assert [minutes for minutes in pauses(30) if minutes] == [15, 60, 240, 1440, 1440, 1440]


@pytest.mark.django_db
def test_in_the_pause_nothing_is_looked_at():
    until = timezone.now() + dt.timedelta(minutes=3)
    SignInLockFactory(subject=SUBJECT, locked_until=until, rounds=1)

    assert (tries.take(subject=SUBJECT), tries.take(subject="somebody else")) == (until, None)


@pytest.mark.django_db
def test_cleared_it_begins_anew():
    pauses(7)

    tries.clear(subjects=[SUBJECT])

    assert pauses(5) == [0, 0, 0, 0, 15]


@pytest.mark.django_db
def test_old_counts_are_forgotten():
    now = timezone.now()
    SignInLockFactory(tried_at=now - dt.timedelta(days=31))
    kept = SignInLockFactory(tried_at=now)

    forgotten = tries.forget(before=now - dt.timedelta(days=30))

    assert (forgotten, list(SignInLock.objects.all())) == (1, [kept])


def looked_at(guessers=40):
    """How many of forty guesses at once, each in a session of its own, were looked at."""
    answers = at_once(guessers, lambda _place: tries.take(subject=SUBJECT))
    return sum(answer is None for answer in answers)


@pytest.mark.concurrency
@pytest.mark.django_db
def test_of_forty_guesses_at_once_five_are_looked_at():
    with committed_rows():
        assert looked_at() == 5


@pytest.mark.concurrency
@pytest.mark.django_db
def test_without_the_lock_more_are_looked_at(monkeypatch):
    """The failing control: the count is read without being held."""
    monkeypatch.setattr(tries, "hold", lambda subject: SignInLock.objects.get(subject=subject))

    with committed_rows(), pytest.raises(AssertionError):
        assert looked_at() == 5

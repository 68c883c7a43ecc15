"""Wrong tries with PIN and printed codes: five for one CNIC in all sessions together, then a pause that grows."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from enterprises.models import SignInLock


def take(*, subject: str) -> dt.datetime | None:
    """Take one try at this CNIC. None when it may be looked at; else the end of the pause in which none is.

    Committed on its own, before anything is looked at: of a thousand guesses at once five are looked at, and a crash
    in between gives none back. The fifth begins the pause, before it is looked at too.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        SignInLock.objects.bulk_create([SignInLock(subject=subject, tried_at=now)], ignore_conflicts=True)
        lock = hold(subject)
        if lock.locked_until and lock.locked_until > now:
            return lock.locked_until
        lock.tries, lock.tried_at, lock.locked_until = lock.tries + 1, now, None
        if lock.tries == SignInLock.TRIES:
            pause = SignInLock.PAUSES[min(lock.rounds, len(SignInLock.PAUSES) - 1)]
            lock.tries, lock.rounds, lock.locked_until = 0, lock.rounds + 1, now + pause
        lock.save(update_fields=["tries", "rounds", "tried_at", "locked_until"])
    return None


def locked_until(*, subject: str) -> dt.datetime | None:
    """The end of the pause, while there is one."""
    resting = SignInLock.objects.filter(subject=subject, locked_until__gt=timezone.now())
    return resting.values_list("locked_until", flat=True).first()


def hold(subject: str) -> SignInLock:
    return SignInLock.objects.select_for_update(no_key=True).get(subject=subject)


def clear(*, subjects: Collection[str]) -> None:
    """The right code came, or an advisor saw the card: counting begins anew."""
    SignInLock.objects.filter(subject__in=subjects).delete()


def forget(*, before: dt.datetime) -> int:
    """Delete counts that nobody added to since; return how many. The nightly sweep calls this."""
    deleted, _by_model = SignInLock.objects.filter(tried_at__lt=before).delete()
    return deleted

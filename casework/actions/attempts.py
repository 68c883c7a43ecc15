"""Calls and visits in vain."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.notes import MOMENT
from casework.models import Attempt, Case
from casework.states import OPEN_CASES
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import MoveRefused, hold
from kit.saving import save

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def log(*, case: Case, by: User, version: int, channel: str, result: str) -> Attempt:
    """Write down that the client was not reached. No clock stops: the call stays due, and late if it is.

    The same once more within a few minutes is refused, as a note's is.
    """
    held = hold(case, version=version)
    if not by.has_perm("casework.work_case", held):
        raise PermissionDenied("casework.work_case")
    if held.state not in OPEN_CASES:
        raise MoveRefused(held)
    if not held.person.lets_contact:
        raise ValidationError(_("Nobody may call this client."), code="silent")
    now = timezone.now()
    if held.attempts.filter(by=by, channel=channel, result=result, at__gt=now - MOMENT).exists():
        raise ValidationError(_("You have written this already. It is saved."))
    attempt = Attempt(case=held, channel=channel, result=result, by=by, at=now)
    save(attempt)
    held.version += 1
    held.save(update_fields=["version"])
    record("casework.attempted", target=held, by=by, audience=AUDIENCE, data={"kind": channel, "result": result})
    return attempt

"""Calls and visits in vain."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.notes import MOMENT
from casework.models import Attempt, Case, Channel
from casework.querysets.clocks import BY_PHONE_ALONE, BY_VISIT_ALONE
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
    look_at_result(channel=channel, result=result)
    now = timezone.now()
    if held.attempts.standing().filter(by=by, channel=channel, result=result, at__gt=now - MOMENT).exists():
        raise ValidationError(_("You have written this already. It is saved."))
    attempt = Attempt(case=held, channel=channel, result=result, by=by, at=now)
    save(attempt)
    held.version += 1
    held.save(update_fields=["version"])
    record("casework.attempted", target=held, by=by, audience=AUDIENCE, data={"kind": channel, "result": result})
    return attempt


def look_at_result(*, channel: str, result: str) -> None:
    """Whoever only called was not there, and whoever went there heard of no phone that was off."""
    if channel == Channel.VISIT and result in BY_PHONE_ALONE:
        raise ValidationError({"result": _("This is heard on the phone, not at a visit. Choose what you found there.")})
    if channel == Channel.PHONE and result in BY_VISIT_ALONE:
        raise ValidationError({"result": _("Only who goes there finds this. Choose what came of the call.")})

"""A member says that they must not decide."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from journal.events import LENDER, record
from journal.moves import MoveRefused, hold
from loans.models import Application, Conflict
from loans.states import UNDECIDED


@transaction.atomic
def declare(*, application: Application, version: int, why: str, by: User) -> Application:
    """Say why one must not decide on it, before one has voted. Nobody takes that back: somebody else decides."""
    held = hold(application, version=version)
    if held.state not in UNDECIDED:
        raise MoveRefused(held, "reject")
    if not by.has_perm("loans.vote_on_application", held):
        raise PermissionDenied("loans.vote_on_application")
    if held.votes.filter(member=by).exists():
        raise ValidationError(_("You have voted on this application already."))
    if Conflict.objects.filter(application=held, member=by).exists():
        raise ValidationError(_("You have said so already."))
    Conflict.objects.create(application=held, member=by, why=why)
    record("loans.conflict_declared", target=held, by=by, audience={LENDER})
    return held

"""Local closures: entered the same day by who runs the office, and lifted when they are over."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import LocalClosure, Office, User
from journal.events import ADVISORS, LENDER, MANAGERS, record
from journal.moves import hold
from kit.saving import save
from places.models import District

AUDIENCE = {ADVISORS, LENDER, MANAGERS}


@transaction.atomic
def enter(
    *,
    reason: str,
    districts: Collection[District],
    offices: Collection[Office],
    from_on: dt.date,
    until_on: dt.date,
    by: User,
    text: str = "",
) -> LocalClosure:
    """Shut the districts or offices for these days: from now on messages to them wait. Nothing due is moved.

    Only what the manager's own offices serve can be shut, and only from today on.
    """
    if not by.has_perm("accounts.enter_closure"):
        raise PermissionDenied("accounts.enter_closure")
    if not districts and not offices:
        raise ValidationError(_("Choose the districts or the offices that are shut."), code="nothing")
    if not within(by, districts=districts, offices=offices):
        raise PermissionDenied("accounts.enter_closure")
    if until_on < timezone.localdate():
        raise ValidationError({"until_on": _("This day is over. Enter today or a later day.")}, code="over")
    closure = LocalClosure(reason=reason, text=text, from_on=from_on, until_on=until_on, entered_by=by)
    save(closure)
    closure.districts.set(districts)
    closure.offices.set(offices)
    record("accounts.closure_entered", target=closure, by=by, audience=AUDIENCE, data={"reason": reason})
    return closure


@transaction.atomic
def lift(*, closure: LocalClosure, by: User, version: int) -> LocalClosure:
    """End the closure now: what waited goes out at its next turn. It stays on file."""
    held = hold(closure, version=version)
    if not by.has_perm("accounts.lift_closure", held):
        raise PermissionDenied("accounts.lift_closure")
    if held.lifted_at is not None:
        raise ValidationError(_("This closure was lifted already."), code="lifted")
    held.lifted_at, held.lifted_by, held.version = timezone.now(), by, held.version + 1
    held.save(update_fields=["lifted_at", "lifted_by", "version"])
    record("accounts.closure_lifted", target=held, by=by, audience=AUDIENCE, data={"reason": held.reason})
    return held


def within(user: User, *, districts: Collection[District], offices: Collection[Office]) -> bool:
    """Whether all of these are served by offices of the user."""
    return {one.pk for one in offices} <= user.office_ids and {one.pk for one in districts} <= user.served_district_ids

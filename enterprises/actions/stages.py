"""An idea becomes a business, and never an idea again, unless it was called a business by mistake."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions.statements import source_for, state
from enterprises.models import Correction, Enterprise, Person, Sector, Statement
from enterprises.states import STAGE_MOVES
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def begin(
    *,
    enterprise: Enterprise,
    person: Person,
    started_on: dt.date | None,
    by: User,
    version: int,
    sector: Sector | None = None,
) -> Enterprise:
    """The idea is a business now, since that day if anybody knows it; a kind of work not decided before is said.

    Raises `EditConflict` when the record changed meanwhile, `ValidationError` where it is a business already.
    """
    said: dict[str, Any] = {"started_on": started_on} if started_on else {}
    if sector is not None:
        said["sector"] = sector
    held = go(enterprise, "begin", by=by, version=version, **said)
    state(held, ["stage", *said], source=source_for(person, by=by), by=by)
    return held


@transaction.atomic
def take_back(*, enterprise: Enterprise, reason: str, by: User, version: int) -> Correction:
    """It is an idea still: an advisor says why it was called a business. Since when it ran is kept with that.

    Of the day itself nobody states anything any more: its owner is not asked whether it is right.
    """
    stood = Enterprise.objects.values_list("started_on", flat=True).get(pk=enterprise.pk)
    held = go(enterprise, "take_back", by=by, version=version, started_on=None)
    state(held, ["stage"], source="assisted", by=by)
    Statement.objects.filter(enterprise=held, field="started_on").delete()
    return Correction.objects.create(
        enterprise=held, kind=Correction.Kind.STAGE, started_on=stood, reason=reason, by=by
    )


def go(enterprise: Enterprise, verb: str, *, by: User, version: int, **changes: Any) -> Enterprise:
    """Make this move of `STAGE_MOVES`, with changes to other fields, and write its event."""
    chosen = STAGE_MOVES[verb]
    held = hold(enterprise, version=version)
    if not by.has_perm(chosen.permission, held):
        raise PermissionDenied(chosen.permission)
    if held.stage not in chosen.sources:
        raise ValidationError(_("This was done before. Look at the page again."), code="done")
    for name, value in {"stage": chosen.target, **changes}.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=["stage", "version", *changes])
    record(chosen.event, target=held, by=by, audience=AUDIENCE)
    return held

"""Businesses, and ideas of one."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from enterprises.actions import consents
from enterprises.actions.clients import promote_if_ready
from enterprises.actions.statements import source_for, state
from enterprises.models import Enterprise, Ownership, Person, Sector
from enterprises.references import next_reference
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from places.models import District

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
# Of these it is written down who stated them.
FACTS = ("name", "stage", "sector", "what", "district", "place", "started_on", "help_wanted")


@dataclass(frozen=True)
class Business:
    """What is written down about an enterprise when it is registered."""

    stage: str
    sector: Sector | None
    district: District
    name: str = ""
    what: str = ""
    place: str = ""
    started_on: dt.date | None = None
    help_wanted: tuple[str, ...] = ()


@transaction.atomic
def register(
    *,
    person: Person,
    business: Business,
    by: User,
    reference: str = "",
    consented: Iterable[str] = (),
    consented_at: dt.datetime | None = None,
    source: str = "",
    own: Collection[str] = (),
    presumed: Collection[str] = (),
) -> Enterprise:
    """Write down an enterprise of this person, what they agreed to, and that it happened: casework opens the case.

    `consented_at` is when they agreed, where that was not now. `source` says who stated the facts, where it is not
    plain from `by`, `own` which of them the owner typed alone, and `presumed` which of them nobody said.
    """
    if not by.has_perm("enterprises.register_enterprise"):
        raise PermissionDenied("enterprises.register_enterprise")
    enterprise = Enterprise.objects.create(
        reference=reference or next_reference(business.district),
        name=business.name,
        stage=business.stage,
        sector=business.sector,
        what=business.what,
        district=business.district,
        place=business.place,
        started_on=business.started_on,
        help_wanted=list(business.help_wanted),
        registered_by=by,
    )
    told = [name for name in FACTS if getattr(enterprise, name) and name not in presumed]
    state(enterprise, told, source=source or source_for(person, by=by), by=by, own=own)
    Ownership.objects.create(person=person, enterprise=enterprise, is_contact=True)
    record("enterprises.registered", target=enterprise, by=by, audience=AUDIENCE, data={"stage": business.stage})
    for kind in consented:
        consents.give(person=person, kind=kind, by=by, registering=enterprise, at=consented_at)
    promote_if_ready(enterprise, by=by, is_told=True)
    return enterprise

"""A business is in another district: it moved, or the district was wrong from the start."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import addresses, claims
from enterprises.actions.addresses import Whereabouts
from enterprises.actions.clients import promote_if_ready
from enterprises.actions.grants import hold_owner
from enterprises.actions.statements import state
from enterprises.models import Address, Correction, Enterprise, Statement
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from places.models import District

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def change(
    *, enterprise: Enterprise, kind: str, district: District, place: str, reason: str, by: User, version: int
) -> Correction:
    """Put the business into its district, and keep where it stood and why. Sight goes with the district at once.

    So does the sight of whose card is still to be looked at. What follows for the case is casework's: see
    `portal/wiring.py`. Raises `EditConflict` when the record changed meanwhile, `ValidationError` where the business
    is in that district already, or while a colleague settles whose card its owner's is.
    """
    # Before the business and its case, as whoever writes down a permission of theirs does.
    hold_owner(enterprise)
    held = hold(enterprise, version=version)
    if not by.has_perm("enterprises.correct_enterprise", held):
        raise PermissionDenied("enterprises.correct_enterprise")
    if held.district_id == district.pk:
        raise ValidationError({"district": ValidationError(_("It is in this district already."), code="same")})
    made = Correction.objects.create(
        enterprise=held, kind=kind, district=held.district, place=held.place, reason=reason, by=by
    )
    standing = Address.objects.standing().filter(enterprise=held).first()
    held.district, held.place = district, place
    held.version += 1
    held.save(update_fields=["district", "place", "version"])
    claims.follow(held, district=district)
    source = Statement.Source.ASSISTED
    state(held, ["district", "place"], source=source, by=by)
    if standing is not None:
        where = Whereabouts(district=district, place=place)
        anew = Address(enterprise=held, kind=Address.Kind.BUSINESS)
        addresses.put(anew, after=standing, where=where, source=source, by=by)
    record("enterprises.district_changed", target=held, by=by, audience=AUDIENCE, data={"kind": kind})
    promote_if_ready(held, by=by)
    return made

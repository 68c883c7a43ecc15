"""Where people live and businesses are: stated, dated, never written over."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import statements
from enterprises.actions.clients import promote_if_ready
from enterprises.models import Address, Enterprise, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import EditConflict, hold
from kit.saving import save
from places.models import District

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@dataclass(frozen=True)
class Whereabouts:
    """An address in words. Tehsil and union council may be left empty, or be known not to be known."""

    district: District
    tehsil: str = ""
    tehsil_unknown: bool = False
    union_council: str = ""
    union_council_unknown: bool = False
    place: str = ""
    landmark: str = ""


@transaction.atomic
def state(*, person: Person, kind: str, where: Whereabouts, source: str, by: User, version: int) -> Address:
    """Write down where the person lives, or where the card says; what stood before stays on file with its dates.

    `version` is that of the address which the form showed, 0 for none.
    """
    if kind not in (Address.Kind.PRESENT, Address.Kind.PERMANENT):
        raise ValidationError(_("Choose one from the list."), code="kind")
    held = hold(person, version=None)
    if not by.has_perm("enterprises.keep_addresses", held):
        raise PermissionDenied("enterprises.keep_addresses")
    last = turn_of(Address.objects.standing().filter(person=held, kind=kind).first(), version=version)
    return put(Address(person=held, kind=kind), after=last, where=where, source=source, by=by)


@transaction.atomic
def state_same(*, person: Person, source: str, by: User, version: int) -> Address:
    """The permanent address is the present one, as it stands now: moving house later does not change the card."""
    present = Address.objects.standing().filter(person=person, kind=Address.Kind.PRESENT).first()
    if present is None:
        raise ValidationError({"same": _("Write the present address first.")}, code="no_present")
    where = Whereabouts(**{name: getattr(present, name) for name in Whereabouts.__dataclass_fields__})
    return state(person=person, kind=Address.Kind.PERMANENT, where=where, source=source, by=by, version=version)


@transaction.atomic
def state_business(*, enterprise: Enterprise, where: Whereabouts, source: str, by: User, version: int) -> Address:
    """Write down where the business is. `Enterprise.place`, which lists and letters read, says the same from now on.

    The district stays that of the enterprise: with it the office and the sight would change.
    """
    held = hold(enterprise, version=None)
    if not by.has_perm("enterprises.change_enterprise", held):
        raise PermissionDenied("enterprises.change_enterprise")
    if where.district != held.district:
        raise ValidationError(_("Another district is another office: ask your advisor to move the case."), code="moved")
    last = turn_of(Address.objects.standing().filter(enterprise=held).first(), version=version)
    held.place, held.version = where.place, held.version + 1
    held.save(update_fields=["place", "version"])
    statements.state(held, ["place"], source=source, by=by)
    made = put(Address(enterprise=held, kind=Address.Kind.BUSINESS), after=last, where=where, source=source, by=by)
    promote_if_ready(held, by=by)
    return made


def turn_of(last: Address | None, *, version: int) -> Address | None:
    """The address that stands, if it is the one that was shown."""
    if last is not None and last.version != version:
        raise EditConflict(last)
    return last


def put(address: Address, *, after: Address | None, where: Whereabouts, source: str, by: User) -> Address:
    """End the address before, write the new one, and that it happened."""
    now = timezone.now()
    if after is not None:
        after.until_at = now
        after.save(update_fields=["until_at"])
    for name in Whereabouts.__dataclass_fields__:
        setattr(address, name, getattr(where, name))
    address.version = after.version + 1 if after else 1
    address.source, address.stated_by, address.stated_at = source, by, now
    save(address)
    record("enterprises.address_stated", target=address, by=by, audience=AUDIENCE, data={"kind": address.kind})
    return address

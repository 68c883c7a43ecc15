"""A card number that comes after its person: written down by the advisor, claimed until the card was seen."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import claims, releases
from enterprises.actions.people import living
from enterprises.models import Claim, Enterprise, Person
from journal.moves import hold
from places.models import District


@transaction.atomic
def add(
    *, person: Person, cnic: str, is_card_seen: bool, by: User, version: int, is_rival: bool = False
) -> Claim | None:
    """Write down the card number of somebody who had none on file, with who stated it.

    It is claimed, until an officer has the card in hand. The number of somebody else is refused, with code "taken", or
    with `is_rival` becomes a claim, which is returned: whose card it is, is settled by looking at it. The unique
    constraint decides, not a look beforehand. Raises `EditConflict` when the record changed meanwhile.
    """
    held = hold(person, version=version)
    if not by.has_perm("enterprises.add_card", held):
        raise PermissionDenied("enterprises.add_card")
    if held.cnic is not None:
        raise ValidationError({"cnic": ValidationError(_("A card number is on file already."), code="there")})
    try:
        releases.put_on(held, cnic, by=by)
    except ValidationError as refused:
        holder = holder_of(cnic, refused)
        if not is_rival or holder is None:
            raise
        newcomer, at = hold(person, version=version), known_at(person)
        return claims.make_for(newcomer, holder=holder, cnic=cnic, at=at, is_card_seen=is_card_seen, by=by)
    if is_card_seen:
        claims.see_card(held, by=by)
    return None


def holder_of(cnic: str, refused: ValidationError) -> Person | None:
    """Who has the number, where that is why it was refused."""
    is_taken = "taken" in {error.code for error in refused.error_dict.get("cnic", ())}
    holder = Person.objects.filter(cnic=cnic).first() if is_taken else None
    return living(holder) if holder else None


def known_at(person: Person) -> Enterprise | District:
    """Their business; of somebody without one the district where their number was taken off: see `add_card`."""
    owned = person.ownerships.current().select_related("enterprise__district").order_by("-is_contact", "-pk").first()
    if owned is not None:
        return owned.enterprise
    lost = person.cards_lost.select_related("claim__district").latest("pk")
    district: District = lost.claim.district
    return district

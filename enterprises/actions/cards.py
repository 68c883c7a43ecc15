"""A card number that comes after its person, or was mistyped: claimed until an officer has seen the card."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import claims, releases
from enterprises.actions.people import living
from enterprises.actions.sides import AUDIENCE
from enterprises.actions.statements import see_card
from enterprises.cards import weigh_more
from enterprises.models import CardRelease, Claim, Enterprise, Person
from journal.events import record
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
        see_card(held, by=by)
    return None


@transaction.atomic
def correct(
    *, person: Person, cnic: str, is_card_seen: bool, by: User, version: int, is_rival: bool = False
) -> Claim | None:
    """Put right a number that nobody has read from the card yet, or find it right: then the card was seen.

    Otherwise as `add`. Whoever mistypes their own number opens no page with their card. Only with the card in hand,
    and by the regional manager alone where money hangs on the record: to change the number is to say that it is
    somebody else's card.
    """
    held = hold(person, version=version)
    if not by.has_perm("enterprises.add_card", held):
        raise PermissionDenied("enterprises.add_card")
    if is_card_seen and held.cnic == cnic and held.cnic_standing == Person.Standing.CLAIMED:
        see_card(held, by=by, read=["cnic"])
        return None
    if refusal := why_it_stays(held, cnic, by=by):
        raise ValidationError({"cnic": refusal})
    if not is_card_seen:
        refused = _("A number on file is changed with the card in your hand alone. Say so here.")
        raise ValidationError({"is_card_seen": ValidationError(refused, code="card")})
    releases.take_off(held, by=by)
    record("enterprises.card_corrected", target=held, by=by, audience=AUDIENCE)
    return add(person=held, cnic=cnic, is_card_seen=True, by=by, version=held.version, is_rival=is_rival)


def why_it_stays(person: Person, cnic: str, *, by: User) -> ValidationError | None:
    """Why the number of somebody locked is not put right on this page by this officer."""
    if person.cnic == cnic:
        return ValidationError(_("This is the number on file."), code="same")
    if person.cnic_standing == Person.Standing.VERIFIED:
        return ValidationError(_("An officer read the number on file from the card. It stays."), code="seen")
    if person.claims.waiting().exists():
        waits = _("Somebody else came with the number on file. Settle that first, under “Cards to see”.")
        return ValidationError(waits, code="waits")
    if weigh_more(person.pk) and not by.has_perm("enterprises.change_card", person):
        weighs = _("A loan or a guarantee hangs on this record. Your regional manager changes the number.")
        return ValidationError(weighs, code="weighs")
    return None


def holder_of(cnic: str, refused: ValidationError) -> Person | None:
    """Who has the number, where that is why it was refused."""
    is_taken = "taken" in {error.code for error in getattr(refused, "error_dict", {}).get("cnic", ())}
    holder = Person.objects.filter(cnic=cnic).first() if is_taken else None
    return living(holder) if holder else None


def known_at(person: Person) -> Enterprise | District:
    """Their business; of somebody without one where they were asked for their card last: see `add_card`.

    Their number was taken off there, or came back.
    """
    owned = person.ownerships.current().select_related("enterprise__district").order_by("-is_contact", "-pk").first()
    if owned is not None:
        return owned.enterprise
    asking = CardRelease.objects.asking(person.pk).select_related("claim__district").latest("pk")
    district: District = asking.claim.district
    return district

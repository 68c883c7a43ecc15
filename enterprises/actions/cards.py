"""A card number that comes after its person: written down by the advisor, claimed until the card was seen."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions.claims import AUDIENCE, see_card
from enterprises.actions.statements import source_for, state
from enterprises.models import Person
from journal.events import ENTREPRENEUR, record
from journal.moves import hold
from kit.saving import save


@transaction.atomic
def add(*, person: Person, cnic: str, is_card_seen: bool, by: User, version: int) -> Person:
    """Write down the card number of somebody who had none on file, with who stated it.

    It is claimed, until an officer has the card in hand. The number of somebody else is refused, with code "taken":
    whose card it is, is settled by looking at it. The unique constraint decides, not a look beforehand. Raises
    `EditConflict` when the record changed meanwhile.
    """
    held = hold(person, version=version)
    if not by.has_perm("enterprises.add_card", held):
        raise PermissionDenied("enterprises.add_card")
    if held.cnic is not None:
        raise ValidationError({"cnic": ValidationError(_("A card number is on file already."), code="there")})
    write(held, cnic, by=by)
    if is_card_seen:
        see_card(held, by=by)
    return held


def write(person: Person, number: str, *, by: User, source: str = "") -> None:
    """Put a number on the record, in the caller's transaction. The database refuses one that somebody has: "taken"."""
    person.cnic, person.cnic_standing = number, Person.Standing.CLAIMED
    person.version += 1
    try:
        save(person, update_fields=["cnic", "cnic_standing", "version"])
    except ValidationError as refused:
        if "unique" not in {error.code for error in refused.error_dict.get("cnic", ())}:
            raise
        refusal = _("This number is on file with somebody else. Look at the card: is it one person, or another card?")
        raise ValidationError({"cnic": ValidationError(refusal, code="taken")}) from refused
    state(person, ["cnic"], source=source or source_for(person, by=by), by=by)
    record("enterprises.card_added", target=person, by=by, audience={ENTREPRENEUR, *AUDIENCE})

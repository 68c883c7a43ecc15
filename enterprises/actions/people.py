"""Human beings, one record each."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from enterprises.actions.statements import source_for, state
from enterprises.models import Person
from kit import cnic as cards

# Of these it is written down who stated them.
FACTS = ("name", "sex", "phone", "phone_owner", "parent_name", "parent_relation", "birth_year", "language")


@transaction.atomic
def find_or_register_person(
    *,
    cnic: str | None,
    name: str,
    sex: str,
    by: User,
    phone: str = "",
    parent_name: str = "",
    parent_relation: str = "",
    birth_year: int | None = None,
    phone_owner: str = Person.PhoneOwner.SELF,
    language: str = "ur",
    source: str = "",
) -> tuple[Person, bool]:
    """Return the person with this CNIC, and whether this call registered them.

    Whoever is on file keeps what is written there: what a stranger types about them changes nothing. Without a CNIC
    it is always somebody new. Of any number of callers at once with one CNIC, exactly one registers; the unique
    constraint decides, not a look beforehand. `source` says who stated the facts, where it is not plain from `by`.
    """
    if not by.has_perm("enterprises.register_person"):
        raise PermissionDenied("enterprises.register_person")
    facts = {
        "name": name,
        "sex": sex,
        "phone": phone,
        "phone_owner": phone_owner,
        "parent_name": parent_name,
        "parent_relation": parent_relation,
        "birth_year": birth_year,
        "language": language,
        "created_by": by,
    }
    told = [name for name in FACTS if facts[name]]
    if cnic is None:
        person = Person.objects.create(**facts)
        state(person, told, source=source or source_for(person, by=by), by=by)
        return person, True
    try:
        digits = cards.parse(cnic)
    except cards.CnicError as error:
        raise ValidationError(str(error), code="cnic") from error
    person, is_new = Person.objects.get_or_create(
        cnic=digits, defaults=facts | {"cnic_standing": Person.Standing.CLAIMED}
    )
    if is_new:
        state(person, ["cnic", *told], source=source or source_for(person, by=by), by=by)
    return living(person), is_new


def living(person: Person) -> Person:
    """The record that a merged one points to in the end."""
    while person.merged_into is not None:
        person = person.merged_into
    return person

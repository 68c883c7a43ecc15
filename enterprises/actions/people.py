"""Human beings, one record each."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from enterprises.models import Person
from kit import cnic as cards


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
) -> tuple[Person, bool]:
    """Return the person with this CNIC, and whether this call registered them.

    Whoever is on file keeps what is written there: what a stranger types about them changes nothing. Without a CNIC
    it is always somebody new. Of any number of callers at once with one CNIC, exactly one registers; the unique
    constraint decides, not a look beforehand.
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
    if cnic is None:
        return Person.objects.create(**facts), True
    try:
        digits = cards.parse(cnic)
    except cards.CnicError as error:
        raise ValidationError(str(error), code="cnic") from error
    person, is_new = Person.objects.get_or_create(
        cnic=digits, defaults=facts | {"cnic_standing": Person.Standing.CLAIMED}
    )
    return living(person), is_new


def living(person: Person) -> Person:
    """The record that a merged one points to in the end."""
    while person.merged_into is not None:
        person = person.merged_into
    return person

"""Entrepreneurs sign in with their CNIC and a code sent to the phone that we have on file."""

from django.db import transaction

from accounts import throttles
from accounts.models import User
from enterprises.actions import codes
from enterprises.actions.people import living
from enterprises.models import OneTimeCode, Person

PURPOSE = OneTimeCode.Purpose.SIGN_IN
HOUR = 60 * 60
# A family shares a phone; nobody may make it ring all night.
CODES_A_PHONE = 12


def ask(*, cnic: str, session_key: str, language: str) -> OneTimeCode:
    """Send a code to whoever has this CNIC. An unknown one costs the same work and gives the same answer.

    A phone that got its share of codes this hour, for whichever CNICs, gets no further one, and the answer is the same.
    """
    found = Person.objects.select_related("user").filter(cnic=cnic).first()
    person = living(found) if found else None
    phone = phone_for(person)
    is_free = throttles.allow(f"sign-in-to:{phone or cnic}", limit=CODES_A_PHONE, seconds=HOUR)
    return codes.send(
        purpose=PURPOSE,
        session_key=session_key,
        subject=cnic,
        phone=phone if is_free else None,
        language=person.language if person else language,
        person=person,
    )


def phone_for(person: Person | None) -> str | None:
    """Where the person's codes go, or None where none may be sent.

    A phone that belongs to somebody else would let its owner in: such people are helped by their advisor.
    """
    if person is None or person.has_phone_of_strangers:
        return None
    if person.user is not None and not person.user.is_active:
        return None
    return person.phone or None


def confirm(*, session_key: str, digits: str) -> User:
    """Return the user to be signed in: made now, if the person never signed in before.

    Raises `ValidationError` for digits that do not fit, `CodeSpentError` when the code cannot be tried any more.
    """
    code = codes.try_digits(purpose=PURPOSE, session_key=session_key, digits=digits)
    with transaction.atomic():
        codes.use(code)
        person = Person.objects.select_for_update(no_key=True, of=("self",)).get(codes=code)
        if person.user is None:
            user = User(kind=User.Kind.ENTREPRENEUR)
            user.set_unusable_password()
            user.save()
            person.user = user
            person.save(update_fields=["user"])
        return person.user

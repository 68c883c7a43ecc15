"""Entrepreneurs sign in with their CNIC and a code: from a text, from a printed sheet, or a PIN.

One way in with the same pages for all: nobody learns who is known here, or how somebody comes in.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import throttles
from accounts.models import User
from enterprises.actions import access, codes, tries
from enterprises.actions.people import living
from enterprises.discretion import called_in_code, phone_for_codes
from enterprises.models import OneTimeCode, Person, Pin, SheetCode
from journal.moves import hold
from kit import words

PURPOSE = OneTimeCode.Purpose.SIGN_IN
HOUR = 60 * 60
# A family shares a phone; nobody may make it ring all night.
CODES_A_PHONE = 12


@dataclass(frozen=True)
class Entry:
    """Who comes in. A sitting that no phone of their own opened is short."""

    user: User
    is_short: bool


def ask(*, cnic: str, session_key: str, language: str, source: str, may_send: bool = True) -> OneTimeCode:
    """Send a code to whoever has this CNIC. An unknown one costs the same work and gives the same answer.

    Without `may_send` the page opens for a sheet or a PIN, and the code that this session has stays good.

    A phone that got its share of codes this hour, for whichever CNICs, gets no further one, and the answer is the same;
    its own devices have a share that no stranger uses up.
    """
    last = None if may_send else codes.latest(purpose=PURPOSE, session_key=session_key)
    if last is not None and last.subject == codes.subject_of(cnic) and last.is_live(at=timezone.now()):
        return last
    found = Person.objects.select_related("user").filter(cnic=cnic).first()
    person = living(found) if found else None
    if person is not None and person.user is not None and not person.user.is_active:
        person = None
    phone = phone_for_codes(person) if person else ""
    share = "own" if source == codes.KNOWN else "strangers"
    is_free = may_send and throttles.allow(f"sign-in-to:{phone or cnic}:{share}", limit=CODES_A_PHONE, seconds=HOUR)
    return codes.send(
        purpose=PURPOSE,
        session_key=session_key,
        subject=cnic,
        phone=phone if phone and is_free else None,
        language=person.language if person else language,
        person=person,
        called=called_in_code(person, phone=phone or codes.NOBODY),
    )


def confirm(*, session_key: str, digits: str, source: str) -> Entry:
    """Return who is to be signed in; their user is made now, if they never signed in before.

    A code by text has its own five tries and ten minutes. A PIN and a sheet outlast both: what keeps guessing off them
    is the pause for this CNIC, whichever page they are typed on, and the tries of the day.
    Raises `ValidationError` for digits that do not fit, `CodeSpentError` when nothing can be tried any more.
    """
    code = codes.latest(purpose=PURPOSE, session_key=session_key)
    if code is None or code.used_at is not None:
        raise codes.spent()
    is_good = codes.count_try(code)
    codes.refuse_after_the_day(code, source=source)
    if is_good and codes.fits(code, digits):
        return enter(code)
    if locked_until := tries.take(subject=code.subject):
        raise locked(locked_until)
    has_pin, printed = look(code.person_id, digits)
    if not has_pin and printed is None:
        if locked_until := tries.locked_until(subject=code.subject):
            raise locked(locked_until)
        raise codes.refusal_of(code) if is_good else only_spent()
    entry = enter(code, is_by_text=False, printed=None if has_pin else printed)
    tries.clear(subjects=[code.subject])
    return entry


def locked(until: dt.datetime) -> ValidationError:
    """PIN and sheet rest: until when, and who can end that sooner."""
    said = words.clock(until) if timezone.localdate(until) == timezone.localdate() else words.moment(until)
    message = _(
        "Too many wrong codes. PIN and printed codes are locked until %(time)s. Your advisor can unlock them sooner:"
        " then this page takes your PIN or the next code of your sheet. A new code by message opens your page too."
    )
    return ValidationError(message % {"time": words.plain(said)}, code="locked")


def only_spent() -> ValidationError:
    """The code of the message is over; a sheet and a PIN are not."""
    message = _(
        "This is not right. A code from a message is not valid any more on this page: ask for another one. With a PIN"
        " or a sheet, look at it again."
    )
    return codes.CodeSpentError(message, code="spent")


def look(person_id: int | None, digits: str) -> tuple[bool, SheetCode | None]:
    """Whether this is the person's PIN, and the printed code that it is. For nobody it does the same work."""
    pin = Pin.objects.filter(person_id=person_id or 0).first()
    if pin is None:
        make_password(digits)
    has_pin = pin is not None and check_password(digits, pin.secret)
    # The sheet of a merged record goes on working: the paper is in the person's hand.
    ids = [person_id or 0, *Person.objects.filter(merged_into=person_id or 0).values_list("pk", flat=True)]
    digests = [access.digest_of(digits, person_id=pk) for pk in ids]
    return has_pin, SheetCode.objects.good_for(*ids).filter(digest__in=digests).first()


def user_of(person: Person) -> User:
    """Who they are to the portal; made when they come in the first time."""
    if person.user is None:
        user = User(kind=User.Kind.ENTREPRENEUR)
        user.set_unusable_password()
        user.save()
        person.user = user
        person.save(update_fields=["user"])
    return person.user


@transaction.atomic
def enter(code: OneTimeCode, *, is_by_text: bool = True, printed: SheetCode | None = None) -> Entry:
    """Spend what opened the page, and return whose it is. Of two who hold the same code, one gets in."""
    asked = hold(Person.objects.get(codes=code), version=None)
    # Merged since the code was asked for: they come in as the record that lives.
    person: Person = hold(living(asked), version=None)
    codes.use(code, is_by_text=is_by_text)
    # The number may have changed since the code was asked for.
    if is_by_text and code.sent_to != codes.subject_of(phone_for_codes(person)):
        raise codes.spent()
    if printed and not SheetCode.objects.good_for(*person.record_ids()).filter(pk=printed.pk).update(
        used_at=timezone.now()
    ):
        raise codes.spent()
    return Entry(user_of(person), is_short=not (is_by_text and person.has_phone_of_own))

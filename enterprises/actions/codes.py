"""One-time codes: six digits, five tries, ten minutes, for the session that asked; so many tries a day in all.

How far guessing gets: every try meets a code drawn anew from 10**6, five tries at most meet the same one, so each hits
with a chance of 1 in a million. At one CNIC or phone a stranger has 40 tries a day from one address (1 day in 25,000
hits), and 120 from all addresses together (1 day in 8,333). Its own devices have 40 of their own, which no stranger
uses up; were all those stolen too, it is 160 a day (1 day in 6,250).
"""

import datetime as dt
import secrets
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import throttles
from enterprises.models import Draft, OneTimeCode, Person
from messaging.outbox import queue_code

DIGITS = 6
DAY = 24 * 60 * 60
# At one CNIC or phone, in all sessions from one address: enough for a helper who registers a village over one phone.
TRIES_A_DAY = 40
# And from all addresses together, so that a crowd of machines guesses no better. Three addresses use it up.
STRANGERS_TRIES_A_DAY = 3 * TRIES_A_DAY
# Instead of an address: a device on which the owner of the CNIC signed in before.
KNOWN = "known"
LIFE = dt.timedelta(minutes=OneTimeCode.MINUTES)
# A number that no operator hands out: what would be sent to it is never committed.
NOBODY = "+923000000000"


class CodeSpentError(ValidationError):
    """No try is left, or the ten minutes are over: another code must be asked for."""


@transaction.atomic
def send(
    *,
    purpose: str,
    session_key: str,
    subject: str,
    phone: str | None,
    language: str,
    person: Person | None = None,
    draft: Draft | None = None,
    called: str = "",
    say: Callable[[str], str] | None = None,
) -> OneTimeCode:
    """Write a code for the session and queue its message; the codes that the session asked for before are void.

    `subject` is the CNIC or phone that the visitor typed; `called` is whom the message names, on a phone of several;
    `say` says another sentence around the digits.

    Without a phone, which is what an unknown CNIC comes to, the same work is done, and the message taken back before
    anybody could send it: neither the answer nor its time tells a known number from an unknown one.
    """
    now = timezone.now()
    mine = OneTimeCode.objects.filter(session_key=session_key, purpose=purpose)
    mine.live(at=now).update(expires_at=now)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    code = OneTimeCode.objects.create(
        purpose=purpose,
        session_key=session_key,
        subject=subject_of(subject),
        person=person,
        draft=draft,
        # No digits have the empty digest: what was sent nowhere fits nothing.
        digest=digest_of(digits, purpose=purpose, session_key=session_key) if phone else "",
        sent_to=subject_of(phone) if phone else "",
        sent_at=now,
        expires_at=now + LIFE,
    )
    with transaction.atomic():
        text = say(digits) if say else text_of(digits, language=language, called=called)
        queue_code(phone=phone or NOBODY, text=text, language=language, expires_at=code.expires_at, target=code)
        if not phone:
            transaction.set_rollback(True)
    return code


def try_digits(*, purpose: str, session_key: str, digits: str, source: str) -> OneTimeCode:
    """Return the session's code if these are its digits; `use` it then, together with what it is for.

    Raises `CodeSpentError` when there is nothing left to try, `ValidationError` when the digits are wrong.
    The try is counted, and the count committed, before the digits are looked at: of a thousand guesses at once, five
    are looked at, and a crash in between gives none back. Whoever asks for code after code in session after session
    has the tries of a day; `source` is the address they come from, or `KNOWN`.
    """
    code = begin_try(purpose=purpose, session_key=session_key, source=source)
    if not fits(code, digits):
        raise refusal_of(code)
    return code


def begin_try(*, purpose: str, session_key: str, source: str) -> OneTimeCode:
    """Count a try at the session's code and return it. Raises `CodeSpentError` when there is nothing left to try."""
    code = latest(purpose=purpose, session_key=session_key)
    if code is None or not count_try(code):
        raise spent()
    refuse_after_the_day(code, source=source)
    return code


def refuse_after_the_day(code: OneTimeCode, *, source: str) -> None:
    """Count the try among those of the day."""
    if not is_within_the_day(code.subject, source):
        raise CodeSpentError(_("Too many codes were tried today. Try again tomorrow, or call us."), code="too_many")


def is_within_the_day(subject: str, source: str) -> bool:
    """Count the try with its source, and with those of all strangers, unless the device is known.

    What is over for one address is not counted with the others: alone it shuts nobody else out.
    """
    if not throttles.allow(f"code-tries:{subject}:{source}", limit=TRIES_A_DAY, seconds=DAY):
        return False
    return source == KNOWN or throttles.allow(f"code-tries:{subject}", limit=STRANGERS_TRIES_A_DAY, seconds=DAY)


def fits(code: OneTimeCode, digits: str) -> bool:
    """Whether these are the digits that were sent. Call it after the try was counted."""
    expected = digest_of(digits, purpose=code.purpose, session_key=code.session_key)
    return constant_time_compare(code.digest, expected) and bool(code.person_id or code.draft_id)


def refusal_of(code: OneTimeCode) -> ValidationError:
    """What is said to digits that are wrong."""
    code.refresh_from_db(fields=["tries"])
    left = OneTimeCode.TRIES - code.tries
    if left <= 0:
        return CodeSpentError(_("This code is not right, and it was the last try. Ask for a new one."), code="spent")
    message = ngettext(
        "This code is not right. Look at it again. You can try %(count)d more time.",
        "This code is not right. Look at it again. You can try %(count)d more times.",
        left,
    )
    return ValidationError(message % {"count": left}, code="wrong")


def count_try(code: OneTimeCode) -> bool:
    """Take one of the code's tries; False when none is left. One statement, committed on its own."""
    with transaction.atomic(durable=True):
        return OneTimeCode.objects.filter(pk=code.pk).live(at=timezone.now()).update(tries=F("tries") + 1) == 1


def use(code: OneTimeCode, *, is_by_text: bool = True) -> None:
    """Spend the code in the caller's transaction: of two who hold it, one gets what it is for.

    A page that is opened otherwise than by the message outlasts its ten minutes, and opens once too.
    """
    now = timezone.now()
    unspent = OneTimeCode.objects.filter(pk=code.pk, used_at__isnull=True)
    if not (unspent.filter(expires_at__gt=now) if is_by_text else unspent).update(used_at=now):
        raise spent()


def spent() -> CodeSpentError:
    return CodeSpentError(_("This code is not valid any more. Ask for a new one."), code="spent")


def void(*, owner: Draft | Person) -> None:
    """Whoever's number changed needs a code of the new number."""
    owner.codes.live(at=timezone.now()).update(expires_at=timezone.now())


def latest(*, purpose: str, session_key: str) -> OneTimeCode | None:
    """The newest code that the session asked for, spent or not."""
    return OneTimeCode.objects.filter(purpose=purpose, session_key=session_key).order_by("-id").first()


def forget(*, before: dt.datetime) -> int:
    """Delete codes that expired before; return how many. The nightly sweep calls this."""
    deleted, _by_model = OneTimeCode.objects.filter(expires_at__lt=before).delete()
    return deleted


def digest_of(digits: str, *, purpose: str, session_key: str) -> str:
    return salted_hmac("enterprises.codes", f"{purpose}:{session_key}:{digits}", algorithm="sha256").hexdigest()


def subject_of(typed: str) -> str:
    """A keyed digest of the CNIC or phone that was typed, known or not."""
    return salted_hmac("enterprises.codes.subject", typed, algorithm="sha256").hexdigest()


def text_of(digits: str, *, language: str, called: str = "") -> str:
    """The message. On a phone of several people it says for whom: each has a code of their own."""
    with translation.override(language):
        if called:
            return _("%(code)s is the code of %(name)s for the Small Business Portal. Tell nobody else.") % {
                "code": digits,
                "name": called,
            }
        return _("%(code)s is your code for the Small Business Portal. Do not tell it to anybody.") % {"code": digits}

"""A guarantor says yes themselves: by a code to their own phone, or on paper before a witness; and may take it back."""

from collections.abc import Mapping
from textwrap import shorten
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import codes
from enterprises.models import OneTimeCode, Person
from journal.events import record
from journal.moves import MoveRefused, hold
from kit.saving import save
from loans.actions.applications import TOLD
from loans.actions.guarantors import on_paper
from loans.models import Application, Guarantor

LONGEST_NAME = 20
PURPOSE = OneTimeCode.Purpose.GUARANTEE


def has_phone_of_own(guarantor: Guarantor) -> bool:
    """Whether a code there is a word of theirs: a phone that anybody else has on file, or a colleague, is none."""
    person = guarantor.person
    return bool(person.phone) and person.has_phone_of_own and not is_of_others(person) and not is_of_colleague(person)


def is_of_others(person: Person) -> bool:
    """The applicant, another guarantor or whoever it is: one officer may have typed one number for many."""
    return Person.objects.unmerged().filter(phone=person.phone).exclude(pk=person.pk).exists()


def is_of_colleague(person: Person) -> bool:
    """Of whoever works here or did: a code there is read by whom it is to be read out to."""
    return User.objects.filter(phone=person.phone).exists()


def session_of(guarantor: Guarantor) -> str:
    """The code is bound to this guarantee, whichever officer asked for it."""
    return f"guarantor-{guarantor.pk}"


@transaction.atomic
def send_code(*, guarantor: Guarantor, by: User) -> OneTimeCode:
    """Tell the guarantor's phone what it means, with the code that they read out to say yes."""
    held = held_named(guarantor, by=by)
    if held.has_consented:
        raise ValidationError(_("They have said yes already."))
    if not has_phone_of_own(held):
        raise ValidationError(_("Several people share this phone, or it is not theirs: let them sign on paper."))
    person = held.person

    def say(digits: str) -> str:
        with translation.override(person.language):
            return _(
                "{name} names you as guarantor for Rs {amount}. If it is not paid, the branch may ask you. Yes? Tell "
                "the officer {code}. No? Call {helpline}"
            ).format(
                name=shorten(held.application.person.name, LONGEST_NAME, placeholder=""),
                amount=f"{held.application.amount:,}",
                code=digits,
                helpline=settings.HELPLINE,
            )

    return codes.send(
        purpose=PURPOSE,
        session_key=session_of(held),
        subject=person.phone,
        phone=person.phone,
        language=person.language,
        person=person,
        say=say,
    )


def agree_by_code(*, guarantor: Guarantor, digits: str, source: str, by: User) -> Guarantor:
    """The code that the guarantor read out from their phone. Raises as `codes.try_digits` does."""
    code = codes.try_digits(purpose=PURPOSE, session_key=session_of(guarantor), digits=digits, source=source)
    with transaction.atomic():
        held = held_named(guarantor, by=by)
        if held.has_consented or code.sent_to != codes.subject_of(held.person.phone):
            raise codes.spent()
        codes.use(code)
        return agreed(held, {"consent": Guarantor.Consent.CODE, "consented_at": timezone.now()}, by=by)


@transaction.atomic
def agree_on_paper(*, guarantor: Guarantor, witness: str, by: User) -> Guarantor:
    """They signed before a witness, who is neither of the two."""
    held = held_named(guarantor, by=by)
    if held.has_consented:
        raise ValidationError(_("They have said yes already."))
    return agreed(held, on_paper(Guarantor.Consent.PAPER, witness=witness), by=by)


def agreed(held: Guarantor, consent: Mapping[str, Any], *, by: User) -> Guarantor:
    """Whoever took it back may say yes again."""
    again: dict[str, Any] = {"taken_back_at": None, "taken_back_by": None, "taken_back_because": "", "witness": ""}
    changes = again | {**consent}
    for name, value in changes.items():
        setattr(held, name, value)
    save(held, update_fields=[*changes])
    record("loans.guarantee_agreed", target=held, of=held.application, by=by, audience=TOLD)
    return held


@transaction.atomic
def take_back(*, guarantor: Guarantor, reason: str, by: User) -> Guarantor:
    """The guarantor does not vouch any more, and the money waits for another. Not once it was given."""
    if not reason:
        raise ValidationError({"reason": _("Write what they said.")})
    held = held_open(guarantor, by=by)
    if not held.has_consented:
        raise ValidationError(_("They have not said yes, or took it back already."))
    held.taken_back_at, held.taken_back_by, held.taken_back_because = timezone.now(), by, reason
    save(held, update_fields=["taken_back_at", "taken_back_by", "taken_back_because"])
    record("loans.guarantee_taken_back", target=held, of=held.application, by=by, audience=TOLD)
    return held


def held_named(guarantor: Guarantor, *, by: User) -> Guarantor:
    """The same of somebody who is named: a number that was mistyped is a stranger's, who learns of no loan."""
    held = held_open(guarantor, by=by)
    refuse_unnamed(held)
    return held


def refuse_unnamed(guarantor: Guarantor) -> None:
    if not guarantor.is_named:
        raise ValidationError(_("Write them down again with the name as on the card."))


def held_open(guarantor: Guarantor, *, by: User) -> Guarantor:
    """Locked with their application, before which nothing of it is changed, while that is open."""
    application = hold(Application(pk=guarantor.application_id), version=None)
    if not application.is_open:
        raise MoveRefused(application)
    if not by.has_perm("loans.keep_guarantors", application):
        raise PermissionDenied("loans.keep_guarantors")
    return hold(guarantor, version=None)

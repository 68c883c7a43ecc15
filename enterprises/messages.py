"""What this app says by SMS. Short: an Urdu text holds 70 letters a part, and has two parts at most."""

import datetime as dt
from textwrap import shorten

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises import promises
from enterprises.actions.people import living
from enterprises.actions.releases import digest_of
from enterprises.discretion import reach, reach_if_allowed
from enterprises.models import (
    OF_STRANGERS,
    CardRelease,
    Claim,
    DocumentRequest,
    Draft,
    Enterprise,
    NameCorrection,
    Ownership,
    Person,
    PhoneChange,
)
from kit import words
from messaging.kinds import Kind, Recipient, always
from places.calendar import OFFICE, add_working_days

LONGEST_PAPER = 40


def first_contact_by(day: dt.date) -> dt.date:
    """The day until which somebody calls whoever registered on `day`."""
    return add_working_days(day, settings.FIRST_CONTACT_WORKING_DAYS, calendar=OFFICE)


def newcomer(draft: Draft) -> Recipient | None:
    """Whoever sent the draft: on the phone whose code they had, the same for a person and for a claim.

    Who stopped before they said whose phone it is, and was registered by a colleague, is written to as whoever is on
    file, where the phone on file is the one they typed.
    """
    if draft.person is not None:
        return reach(draft.person)
    if not draft.phone:
        return None
    phone_owner = draft.answered("reach").get("phone_owner")
    if phone_owner is None:
        told = contact(draft.enterprise) if draft.enterprise else None
        return told if told and told.phone == draft.phone else None
    owner = Person.objects.contacts_of(draft.enterprise).first() if draft.enterprise else None
    is_called = phone_owner in OF_STRANGERS
    return Recipient(draft.phone, draft.language, owner.pk if owner else None, is_called=is_called)


def say_registered(draft: Draft, language: str) -> str:
    by = first_contact_by(timezone.localdate(draft.touched_at))
    return registered(draft.reference or "", by=by, language=language)


def registered(reference: str, *, by: dt.date | None, language: str) -> str:
    with translation.override(language):
        if by is None:
            text = _("SMEDA has your registration %(reference)s. Help: %(helpline)s, free. Nobody may ask for a fee.")
            return text % {"reference": reference, "helpline": settings.HELPLINE}
        text = _(
            "SMEDA has your registration %(reference)s. An advisor calls you by %(day)s. Nobody may ask for a fee."
        )
        return text % {"reference": reference, "day": words.plain(words.day_short(by))}


def contact(enterprise: Enterprise) -> Recipient | None:
    """The owner whom a colleague registered, while they let SMEDA contact them: on the phone that is on file."""
    person = Person.objects.contacts_of(enterprise).first()
    return reach_if_allowed(person) if person else None


def say_registered_for_you(enterprise: Enterprise, language: str) -> str:
    """The day is that of the case: whoever was a lead may have been called, or have agreed on a day, long before."""
    return registered(enterprise.reference, by=promises.call_by(enterprise), language=language)


def reads_alone(person: Person) -> Recipient | None:
    """Whoever has a phone of their own that nobody else is known to read: others learn nothing of such a way in."""
    is_private = person.has_phone_of_own and person.phone_reader != Person.PhoneReader.OTHER
    return reach(person) if is_private else None


def say_way_in(_person: Person, language: str) -> str:
    with translation.override(language):
        text = _("SMEDA gave you a new way to sign in. If you did not ask for it, call %(helpline)s, free.")
        return text % {"helpline": settings.HELPLINE}


def warned(target: Person | Claim) -> Person:
    """Whoever is on file. A warning that was queued before there was one a day is about a claim."""
    return living(target.person if isinstance(target, Claim) else target)


def holder(target: Person | Claim) -> Recipient | None:
    """The phone on file. Where no text may go, they are called by the advisor who settles the claim."""
    return reach(warned(target))


def is_claimed(target: Person | Claim) -> bool:
    """Somebody, one or several, who came with their number still waits for a look at the card."""
    return Claim.objects.waiting().filter(person__in=warned(target).record_ids()).exists()


def say_rival(_target: Person | Claim, language: str) -> str:
    """Said once a day, so that it holds for several who came."""
    with translation.override(language):
        text = _("Somebody registered with SMEDA using your CNIC number. If it was not you, call %(helpline)s, free.")
        return text % {"helpline": settings.HELPLINE}


def loser(release: CardRelease) -> Recipient | None:
    return reach(release.loser)


def returned_to(release: CardRelease) -> Recipient | None:
    return reach(living(release.holder))


def has_gone_over(release: CardRelease) -> bool:
    return release.undone_at is None and is_without_card(release)


def is_without_card(release: CardRelease) -> bool:
    """They may have shown another card since, or got the number after all."""
    return release.loser is not None and living(release.loser).cnic is None


def is_back(release: CardRelease) -> bool:
    """The very number stands on the record of whoever held it: it may have been taken off once more."""
    return digest_of(living(release.holder).cnic) == release.digest


def say_taken_off(_release: CardRelease, language: str) -> str:
    with translation.override(language):
        text = _(
            "Your CNIC number was taken off your SMEDA record. Please show us your card. Help: %(helpline)s, free."
        )
        return text % {"helpline": settings.HELPLINE}


def say_returned(_release: CardRelease, language: str) -> str:
    with translation.override(language):
        text = _("Your CNIC number stands on your SMEDA record. Please show us your card. Help: %(helpline)s, free.")
        return text % {"helpline": settings.HELPLINE}


def corrected(correction: NameCorrection) -> Recipient | None:
    return reach_if_allowed(living(correction.person))


def say_corrected(correction: NameCorrection, language: str) -> str:
    with translation.override(language):
        text = (
            _("SMEDA corrected what your record says. See it on your page. If it is wrong, call %(helpline)s, free.")
            if living(correction.person).has_page
            else _("SMEDA corrected what your record says. If it is wrong, call %(helpline)s, free.")
        )
        return text % {"helpline": settings.HELPLINE}


def owner(ownership: Ownership) -> Recipient | None:
    return reach_if_allowed(living(ownership.person))


def other_owner(ownership: Ownership) -> Recipient | None:
    """Whom the portal talks to about the business."""
    contact = Person.objects.contacts_of(ownership.enterprise.merged_into or ownership.enterprise).first()
    return reach_if_allowed(contact) if contact else None


def still_owns(ownership: Ownership) -> bool:
    return ownership.until_on is None


def say_you_own(ownership: Ownership, language: str) -> str:
    with translation.override(language):
        text = _("SMEDA wrote you down as an owner of the business %(reference)s. Wrong? Call %(helpline)s, free.")
        return text % {"reference": ownership.enterprise.reference, "helpline": settings.HELPLINE}


def say_one_more(ownership: Ownership, language: str) -> str:
    with translation.override(language):
        text = _("SMEDA wrote down one more owner of your business %(reference)s. Wrong? Call %(helpline)s, free.")
        return text % {"reference": ownership.enterprise.reference, "helpline": settings.HELPLINE}


def say_you_left(ownership: Ownership, language: str) -> str:
    with translation.override(language):
        text = _("You are no longer an owner of the business %(reference)s at SMEDA. Wrong? Call %(helpline)s, free.")
        return text % {"reference": ownership.enterprise.reference, "helpline": settings.HELPLINE}


def say_one_left(ownership: Ownership, language: str) -> str:
    with translation.override(language):
        text = _("SMEDA took an owner off your business %(reference)s. Wrong? Call %(helpline)s, free.")
        return text % {"reference": ownership.enterprise.reference, "helpline": settings.HELPLINE}


def old_number(change: PhoneChange) -> Recipient | None:
    """The number before. Whoever has it learns not whose it was, nor whether others are on file with it."""
    return Recipient(change.old_phone, change.person.language, change.person_id) if change.old_phone else None


def new_number(change: PhoneChange) -> Recipient | None:
    if not change.new_phone:
        return None
    is_called = change.new_owner in OF_STRANGERS
    return Recipient(change.new_phone, change.person.language, change.person_id, is_called=is_called)


def say_left(_change: PhoneChange, language: str) -> str:
    with translation.override(language):
        text = _("A SMEDA record with this phone number has another number now. Not right? Call %(helpline)s, free.")
        return text % {"helpline": settings.HELPLINE}


def say_kept(_change: PhoneChange, language: str) -> str:
    with translation.override(language):
        text = _("This phone number is now on file with SMEDA. If that is not right, call %(helpline)s, free.")
        return text % {"helpline": settings.HELPLINE}


def asked(request: DocumentRequest) -> Recipient | None:
    """Whose paper it is, while they let SMEDA contact them."""
    return reach_if_allowed(request.person)


def is_still_asked(request: DocumentRequest) -> bool:
    return request.closed_at is None


def say_asked(request: DocumentRequest, language: str) -> str:
    with translation.override(language):
        text = (
            _("SMEDA needs this paper by %(day)s: %(paper)s. Send a photo on your page, or bring it. It is free.")
            if request.person.has_page
            else _("SMEDA needs this paper by %(day)s: %(paper)s. Bring it to our office. Free. Help %(helpline)s")
        )
        day = words.plain(words.day_short(request.due_on))
        paper = shorten(request.kind.label, LONGEST_PAPER, placeholder="")
        return text % {"day": day, "paper": paper, "helpline": settings.HELPLINE}


KINDS = [
    # Both name no loan and nothing that is late, and are said on any phone that is told anything.
    Kind(
        "enterprises.registered",
        recipient=newcomer,
        render=say_registered,
        discreet=say_registered,
        is_prompt=True,
    ),
    Kind(
        "enterprises.registered_for_you",
        recipient=contact,
        render=say_registered_for_you,
        discreet=say_registered_for_you,
    ),
    Kind("enterprises.way_in", recipient=reads_alone, render=say_way_in, discreet=say_way_in, is_prompt=True),
    Kind("enterprises.rival", recipient=holder, render=say_rival, discreet=say_rival, still_due=is_claimed),
    # Where no text may go their advisor asks for the card anyway: it is an open item.
    Kind(
        "enterprises.card_released",
        recipient=loser,
        render=say_taken_off,
        discreet=say_taken_off,
        still_due=has_gone_over,
    ),
    Kind(
        "enterprises.card_taken_back",
        recipient=loser,
        render=say_taken_off,
        discreet=say_taken_off,
        still_due=is_without_card,
    ),
    Kind(
        "enterprises.card_returned",
        recipient=returned_to,
        render=say_returned,
        discreet=say_returned,
        still_due=is_back,
    ),
    *(
        Kind(f"enterprises.{name}", recipient=told, render=say, discreet=say, still_due=due)
        for name, told, say, due in (
            ("owner_added", owner, say_you_own, still_owns),
            ("owner_beside", other_owner, say_one_more, still_owns),
            ("owner_ended", owner, say_you_left, always),
            ("owner_left", other_owner, say_one_left, always),
        )
    ),
    Kind("enterprises.name_corrected", recipient=corrected, render=say_corrected, discreet=say_corrected),
    Kind("enterprises.phone_left", recipient=old_number, render=say_left, discreet=say_left, is_prompt=True),
    Kind("enterprises.phone_kept", recipient=new_number, render=say_kept, discreet=say_kept, is_prompt=True),
    Kind(
        "enterprises.document_asked",
        recipient=asked,
        render=say_asked,
        discreet=say_asked,
        still_due=is_still_asked,
        call=gettext_lazy("a paper that is needed"),
    ),
]

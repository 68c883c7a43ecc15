"""What this app says by SMS. Short: an Urdu text holds 70 letters a part, and has two parts at most."""

import datetime as dt

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from enterprises.models import Claim, Draft, Person
from kit import words
from messaging.kinds import Kind, Recipient
from places.calendar import OFFICE, add_working_days


def first_contact_by(day: dt.date) -> dt.date:
    """The day until which somebody calls whoever registered on `day`."""
    return add_working_days(day, settings.FIRST_CONTACT_WORKING_DAYS, calendar=OFFICE)


def newcomer(draft: Draft) -> Recipient | None:
    """Whoever sent the draft: on the phone whose code they had, the same for a person and for a claim."""
    person = draft.person
    if person is not None:
        return Recipient(person.phone, person.language, person.pk) if person.phone else None
    if not draft.phone:
        return None
    owner = Person.objects.contacts_of(draft.enterprise).first() if draft.enterprise else None
    return Recipient(draft.phone, draft.language, owner.pk if owner else None)


def say_registered(draft: Draft, language: str) -> str:
    with translation.override(language):
        by = words.plain(words.day_short(first_contact_by(timezone.localdate(draft.touched_at))))
        text = _(
            "SMEDA has your registration %(reference)s. An advisor calls you by %(day)s. Nobody may ask for a fee."
        )
        return text % {"reference": draft.reference, "day": by}


def holder(claim: Claim) -> Recipient | None:
    """The phone on file, unless it is somebody else's: such people are called by the advisor who settles the claim."""
    person = claim.person
    if not person.phone or person.phone_owner == Person.PhoneOwner.OTHER:
        return None
    return Recipient(person.phone, person.language, person.pk)


def is_waiting(claim: Claim) -> bool:
    return claim.settled_at is None


def say_rival(_claim: Claim, language: str) -> str:
    with translation.override(language):
        text = _("Somebody registered with SMEDA using your CNIC number. If it was not you, call %(helpline)s, free.")
        return text % {"helpline": settings.HELPLINE}


KINDS = [
    Kind("enterprises.registered", recipient=newcomer, render=say_registered, is_prompt=True),
    Kind("enterprises.rival", recipient=holder, render=say_rival, still_due=is_waiting),
]

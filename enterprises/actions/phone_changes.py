"""A new number: asked for, proved by a code, attested by an advisor who saw the card, approved by somebody else."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import codes
from enterprises.actions.clients import promote_all
from enterprises.actions.statements import see_card, source_for, state
from enterprises.models import OneTimeCode, Person, PhoneChange
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold, move
from messaging.outbox import queue
from places.calendar import OFFICE, add_working_days

PURPOSE = OneTimeCode.Purpose.PROVE
AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def ask(
    *, person: Person, phone: str, owner: str, reason: str, by: User, proved_at: dt.datetime | None = None
) -> PhoneChange:
    """Write down the new number. The old one stays good until somebody approved, on the next working day at latest.

    `proved_at` is when a code sent there came back, where that was so before.
    """
    held = hold(person, version=None)
    if not by.has_perm("enterprises.keep_phone", held):
        raise PermissionDenied("enterprises.keep_phone")
    if phone == held.phone:
        raise ValidationError({"phone": _("This is the number that is on file already.")}, code="same")
    if held.phone_changes.open().exists():
        raise ValidationError(_("A change of this number is open already."), code="open")
    ownership = held.ownerships.current().select_related("enterprise").order_by("-is_contact", "-id").first()
    if ownership is None:
        raise ValidationError(_("Register a business first, so that an office can help you."), code="no_office")
    change = PhoneChange.objects.create(
        person=held,
        enterprise=ownership.enterprise,
        old_phone=held.phone,
        new_phone=phone,
        new_owner=owner,
        reason=reason,
        asked_by=by,
        proved_at=proved_at,
        due_on=add_working_days(timezone.localdate(), 1, calendar=OFFICE),
    )
    record("enterprises.phone_change_asked", target=change, by=by, audience=AUDIENCE, data={"reason": reason})
    return change


def send_code(*, change: PhoneChange, session_key: str) -> OneTimeCode:
    """Send the code that proves the new number; who holds the phone reads it out."""
    return codes.send(
        purpose=PURPOSE,
        session_key=session_key,
        subject=change.new_phone,
        phone=change.new_phone,
        language=change.person.language,
        person=change.person,
    )


def prove(*, change: PhoneChange, session_key: str, digits: str, source: str) -> PhoneChange:
    """Write down that the new number was proved, if these are the digits. Raises as `codes.try_digits` does."""
    code = codes.try_digits(purpose=PURPOSE, session_key=session_key, digits=digits, source=source)
    with transaction.atomic():
        held = hold(change, version=None)
        if code.person_id != held.person_id or code.sent_to != codes.subject_of(held.new_phone):
            raise codes.spent()
        codes.use(code)
        held.proved_at = timezone.now()
        held.version += 1
        held.save(update_fields=["proved_at", "version"])
    return held


@transaction.atomic
def attest(*, change: PhoneChange, by: User, version: int, unproved_because: str = "") -> PhoneChange:
    """The advisor has the card in hand and says that the number is this person's; it goes to a second person.

    The day by which it is decided stays: that of the asking, however late the card was seen.
    """
    held = hold(change, version=version)
    if held.proved_at is None and not unproved_because:
        refusal = _("Enter the code that the new number received, or write why there is none.")
        raise ValidationError({"unproved_because": refusal}, code="unproved")
    attested = move(
        held,
        "attest",
        by=by,
        version=version,
        audience=AUDIENCE,
        attested_by=by,
        attested_at=timezone.now(),
        unproved_because=unproved_because,
    )
    person = hold(attested.person, version=None)
    if person.cnic_standing == Person.Standing.CLAIMED:
        see_card(person, by=by)
    return attested


@transaction.atomic
def approve(*, change: PhoneChange, by: User, version: int) -> PhoneChange:
    """Put the new number in place of the old one. Of two who approve at once, one does.

    The old number opens nothing any more: its open codes are void, sittings end, and both numbers are told; not the
    phone of a neighbour or a shop, which was told nothing before. What was said of the old phone holds for that one:
    on the new one no loan is named until somebody says who reads it. Whoever asked for the change stated the number.
    """
    now = timezone.now()
    approved = move(change, "approve", by=by, version=version, audience=AUDIENCE, decided_by=by, decided_at=now)
    person = hold(approved.person, version=None)
    was_of_strangers = person.has_phone_of_strangers
    person.phone, person.phone_owner = approved.new_phone, approved.new_owner
    person.phone_reader, person.safe_from, person.safe_until = Person.PhoneReader.NOT_SAID, None, None
    person.loans_may_be_named = False
    person.version += 1
    facts = ["phone", "phone_owner", "phone_reader", "safe_from", "safe_until", "loans_may_be_named"]
    person.save(update_fields=[*facts, "version"])
    asker = approved.asked_by
    state(person, ["phone", "phone_owner"], source=source_for(person, by=asker), by=asker)
    codes.void(owner=person)
    end_sittings(person)
    promote_all(person, by=by)
    if not was_of_strangers:
        queue("enterprises.phone_left", target=approved, by=by)
    queue("enterprises.phone_kept", target=approved, by=by)
    return approved


def end_sittings(person: Person) -> None:
    """Whoever is signed in as the person must come in again: a sitting is bound to the user's unusable password."""
    if person.user is not None:
        person.user.set_unusable_password()
        person.user.save(update_fields=["password"])


@transaction.atomic
def refuse(*, change: PhoneChange, by: User, version: int, refusal: str) -> PhoneChange:
    """The old number stays, and the page says why."""
    now = timezone.now()
    return move(
        change, "refuse", by=by, version=version, audience=AUDIENCE, refusal=refusal, decided_by=by, decided_at=now
    )


def forget(*, now: dt.datetime) -> int:
    """Erase the numbers of what was decided thirty days ago; return how many. The nightly sweep calls this."""
    old = PhoneChange.objects.filter(decided_at__lt=now - PhoneChange.KEPT).exclude(new_phone="")
    return old.update(old_phone="", new_phone="")

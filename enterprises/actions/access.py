"""Ways in where a code by text is not enough: printed codes and a PIN, given by an advisor who saw the card."""

import datetime as dt
import json
import secrets

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import codes, tries
from enterprises.actions.statements import see_card
from enterprises.models import CodeSheet, Person, Pin, SheetCode
from enterprises.pins import is_easy
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from messaging.outbox import queue
from messaging.sealing import seal, unseal

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
SHEET_DIGITS = 8


@transaction.atomic
def issue_sheet(*, person: Person, by: User) -> CodeSheet:
    """Make a sheet of new codes; the sheet before it is void at once. The advisor has the card in hand.

    The codes open nothing before `hand_over_sheet`.

    Whoever has a phone of their own is told of any new way in: an advisor can give one, but not unnoticed.
    """
    held = hold_for(person, by=by)
    end_good_sheet(held)
    newest = held.code_sheets.aggregate(newest=Max("number"))["newest"] or 0
    digits = new_codes()
    sheet = CodeSheet.objects.create(
        person=held, number=newest + 1, issued_by=by, secret=seal({"codes": json.dumps(digits)})
    )
    SheetCode.objects.bulk_create(
        SheetCode(sheet=sheet, place=place, digest=digest_of(code, person_id=held.pk))
        for place, code in enumerate(digits, start=1)
    )
    record("enterprises.sheet_given", target=sheet, by=by, audience=AUDIENCE, data={"number": sheet.number})
    queue("enterprises.way_in", target=held, by=by, key=f"sheet {sheet.pk}")
    return sheet


def new_codes() -> list[str]:
    found: dict[str, None] = {}
    while len(found) < CodeSheet.CODES:
        found[f"{secrets.randbelow(10**SHEET_DIGITS):0{SHEET_DIGITS}d}"] = None
    return list(found)


def codes_on(sheet: CodeSheet, *, by: User) -> list[str]:
    """The codes as they are printed: for half an hour, for whoever issued the sheet; otherwise none."""
    if sheet.issued_by_id != by.pk or not sheet.may_be_shown(at=timezone.now()):
        return []
    return list(json.loads(unseal(sheet.secret)["codes"]))


@transaction.atomic
def hand_over_sheet(*, sheet: CodeSheet, by: User) -> CodeSheet:
    """The paper is in the person's hand: from now on its codes open the page, and nobody can read them here any more.

    Said twice it is done once; of a sheet that is void it is refused.
    """
    hold_for(sheet.person, by=by)
    sheet.refresh_from_db()
    if sheet.ended_at is not None:
        raise ValidationError(_("This sheet is void. Give the person the newest one."), code="void")
    if sheet.handed_over_at is None:
        sheet.secret, sheet.handed_over_at = "", timezone.now()
        sheet.save(update_fields=["secret", "handed_over_at"])
        record("enterprises.sheet_in_hand", target=sheet, by=by, audience=AUDIENCE, data={"number": sheet.number})
    return sheet


@transaction.atomic
def end_sheet(*, person: Person, by: User) -> None:
    """The sheet is lost or not wanted any more: its codes open nothing."""
    sheet = end_good_sheet(hold_for(person, by=by, needs_card=False))
    if sheet is not None:
        record("enterprises.sheet_ended", target=sheet, by=by, audience=AUDIENCE, data={"number": sheet.number})


def end_good_sheet(person: Person) -> CodeSheet | None:
    """Void what the person holds, of merged records too; return the newest of it."""
    good = CodeSheet.objects.good().filter(person__in=person.record_ids())
    sheet = good.order_by("-issued_at", "-pk").first()
    good.update(ended_at=timezone.now(), secret="")
    return sheet


@transaction.atomic
def set_pin(*, person: Person, pin: str, by: User) -> Pin:
    """Keep the PIN that the person chose and typed at the advisor's device, in place of any other."""
    held = hold_for(person, by=by)
    if is_easy(pin, birth_year=held.birth_year, numbers=(held.cnic or "", held.phone)):
        raise ValidationError({"pin": _("This PIN is easy to guess. Choose six other digits.")}, code="easy")
    chosen = {"secret": make_password(pin), "chosen_at": timezone.now(), "chosen_with": by}
    kept, _is_new = Pin.objects.update_or_create(person=held, defaults=chosen)
    record("enterprises.pin_chosen", target=kept, by=by, audience=AUDIENCE)
    queue("enterprises.way_in", target=held, by=by, key=f"PIN {kept.chosen_at.isoformat()}")
    return kept


@transaction.atomic
def remove_pin(*, person: Person, by: User) -> None:
    held = hold_for(person, by=by, needs_card=False)
    pin = Pin.objects.filter(person=held).first()
    if pin is not None:
        record("enterprises.pin_removed", target=pin, by=by, audience=AUDIENCE)
        pin.delete()


@transaction.atomic
def unlock(*, person: Person, by: User) -> None:
    """Let the person try again at once: the advisor has seen that it is they who forgot the code."""
    held = hold_for(person, by=by)
    tries.clear(subjects=subjects_of(held))
    record("enterprises.access_unlocked", target=held, by=by, audience=AUDIENCE)


def subjects_of(person: Person) -> list[str]:
    """Every CNIC that leads to the person: their own and those of records merged into it."""
    numbers = [person.cnic, *person.merged_from.values_list("cnic", flat=True)]
    return [codes.subject_of(number) for number in numbers if number]


def hold_for(person: Person, *, by: User, needs_card: bool = True) -> Person:
    """Lock the person and write down that the card was seen, where it was not before."""
    held = hold(person, version=None)
    if not by.has_perm("enterprises.give_access", held):
        raise PermissionDenied("enterprises.give_access")
    if needs_card and held.cnic is None:
        raise ValidationError(_("Without a CNIC nobody can sign in. You serve them in person."), code="no_card")
    if needs_card and held.cnic_standing != Person.Standing.VERIFIED:
        see_card(held, by=by)
    return held


def digest_of(code: str, *, person_id: int) -> str:
    return salted_hmac("enterprises.sheets", f"{person_id}:{code}", algorithm="sha256").hexdigest()


def forget(*, now: dt.datetime) -> int:
    """Wipe what was sealed for printing and not handed over; return how many sheets. The nightly sweep calls this.

    Whoever printed one in time can still say that it is in the person's hand.
    """
    left = CodeSheet.objects.filter(issued_at__lt=now - CodeSheet.SHOWN_FOR).exclude(secret="")
    return left.update(secret="")

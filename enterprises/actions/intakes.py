"""Lists of people that came as a file: taken in, confirmed, registered row by row, erased."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions import assisted
from enterprises.models import Enterprise, Intake, IntakeRow, Statement
from journal.moves import hold
from kit.sheets import Row
from kit.text import clean, without_surrogates

Verdict = IntakeRow.Verdict
MOST_ROWS = 2000
LONGEST_NAME = 120
KEPT = dt.timedelta(days=Intake.KEPT_DAYS)


@transaction.atomic
def take(
    *, name: str, sha256: str, headings: Sequence[str], columns: Sequence[str], rows: Sequence[Row], by: User
) -> Intake:
    """Keep the rows of a file until they are confirmed. The very same file is one list, however often it is sent.

    Sent again after it was erased, only what was not registered comes back. Raises `ValidationError` with code
    "elsewhere" for a file that another office sent.
    """
    if not by.has_perm("enterprises.register_enterprise"):
        raise PermissionDenied("enterprises.register_enterprise")
    _role, office_id = by.posts[0]
    shown = clean(without_surrogates(name))[:LONGEST_NAME]
    described = {"file_name": shown, "headings": plain(headings), "columns": list(columns)}
    intake, is_new = Intake.objects.get_or_create(
        sha256=sha256, defaults=described | {"office_id": office_id, "uploaded_by": by}
    )
    if not is_new and not by.has_perm("enterprises.keep_intake", intake):
        raise ValidationError(
            _("This very file was sent already, by %(office)s. Ask there.") % {"office": intake.office},
            code="elsewhere",
        )
    held = hold(intake, version=None)
    if is_new or held.erased_at is not None:
        fill(held, rows)
        begun = {"checked_at": None, "confirmed_at": None, "confirmed_by": None, "done_at": None, "erased_at": None}
        Intake.objects.filter(pk=held.pk).update(**described, **begun, touched_at=timezone.now())
        held.refresh_from_db()
    return held


def fill(intake: Intake, rows: Sequence[Row]) -> None:
    """Write the rows down; those that were registered before stay as they are."""
    intake.rows.exclude(verdict=Verdict.REGISTERED).delete()
    registered = set(intake.rows.values_list("number", flat=True))
    IntakeRow.objects.bulk_create(
        [
            IntakeRow(intake=intake, number=row.number, cells=plain(row.cells), merged=list(row.merged))
            for row in rows
            if row.number not in registered
        ]
    )


def plain(cells: Sequence[str]) -> list[str]:
    """Fit to be stored: PostgreSQL's JSON takes neither NUL nor half a letter."""
    return [without_surrogates(cell).replace("\0", "") for cell in cells]


def digest_of(said: Mapping[str, Any]) -> str:
    """A keyed fingerprint of who and what a row says."""
    return salted_hmac("enterprises.intake_row", repr(sorted(said.items())), algorithm="sha256").hexdigest()


def judge(*, row: IntakeRow, verdict: str) -> None:
    """Write down what looking at the row found; a row that was registered meanwhile stays so."""
    rows = IntakeRow.objects.filter(pk=row.pk).exclude(verdict=Verdict.REGISTERED)
    rows.update(verdict=verdict, fault="")
    row.verdict = verdict


def finish_checking(*, intake: Intake) -> None:
    """All rows have their verdict: the list may be confirmed."""
    Intake.objects.filter(pk=intake.pk, checked_at__isnull=True).update(checked_at=timezone.now())


@transaction.atomic
def confirm(*, intake: Intake, by: User) -> Intake:
    """Let the sound rows be registered. Pressed again it changes nothing.

    Raises `ValidationError` while rows wait to be looked at, when nothing is sound, and after the list was erased.
    """
    held: Intake = hold(intake, version=None)
    if not by.has_perm("enterprises.keep_intake", held):
        raise PermissionDenied("enterprises.keep_intake")
    if held.confirmed_at is not None:
        return held
    if held.erased_at is not None:
        raise ValidationError(_("This list was erased. Send the file again."), code="erased")
    if held.checked_at is None:
        raise ValidationError(_("The rows are still being looked at. Wait a moment."), code="early")
    if not held.rows.filter(verdict=Verdict.SOUND).exists():
        raise ValidationError(_("No row is fine yet. Mend the file, and send it again."), code="nothing")
    held.confirmed_at = held.touched_at = timezone.now()
    held.confirmed_by = by
    held.save(update_fields=["confirmed_at", "confirmed_by", "touched_at"])
    return held


def register_sound(*, row: IntakeRow, digest: str, by: User, **said: Any) -> Enterprise | None:
    """Register one sound row, once; None where it was dealt with meanwhile. What refuses it is written beside it.

    Of two rows that say the same, in whichever files, the constraint lets one register.
    """
    try:
        return register(row=row, by=by, digest=digest, is_sound_only=True, **said)
    except IntegrityError as error:
        if "enterprises_registered_once" not in str(error):
            raise
        judge(row=row, verdict=Verdict.TWICE)
    except ValidationError as refusal:
        judge(row=row, verdict=Verdict.ON_FILE if refusal.code == "known" else Verdict.FAULTY)
    except PermissionDenied:
        fail(row=row, fault="permission")
    return None


@transaction.atomic
def register(
    *, row: IntakeRow, by: User, digest: str = "", is_sound_only: bool = False, **said: Any
) -> Enterprise | None:
    """Register what the row says, or what a colleague made of it, as the assisted page does; once.

    What was typed is erased with it: it stands with the person now. Raises as `assisted.register` does.
    """
    held = IntakeRow.objects.select_for_update(no_key=True).select_related("intake").get(pk=row.pk)
    if held.verdict == Verdict.REGISTERED:
        return held.enterprise
    if is_sound_only and held.verdict != Verdict.SOUND:
        return None
    if not by.has_perm("enterprises.keep_intake", held.intake):
        raise PermissionDenied("enterprises.keep_intake")
    held.enterprise = assisted.register(by=by, source=Statement.Source.IMPORT, **said)
    held.verdict, held.cells, held.merged, held.digest, held.fault = Verdict.REGISTERED, [], [], digest, ""
    held.save(update_fields=["enterprise", "verdict", "cells", "merged", "digest", "fault"])
    Intake.objects.filter(pk=held.intake_id).update(touched_at=timezone.now())
    return held.enterprise


def fail(*, row: IntakeRow, fault: str) -> None:
    """The row could not be registered; `fault` says why, in codes. The rows after it go on."""
    IntakeRow.objects.filter(pk=row.pk, verdict=Verdict.SOUND).update(verdict=Verdict.FAILED, fault=fault[:60])
    row.verdict, row.fault = Verdict.FAILED, fault[:60]


def finish_registering(*, intake: Intake) -> None:
    """Every sound row was tried."""
    if not intake.rows.filter(verdict=Verdict.SOUND).exists():
        Intake.objects.filter(pk=intake.pk, confirmed_at__isnull=False, done_at__isnull=True).update(
            done_at=timezone.now()
        )


@transaction.atomic
def erase(*, intake: Intake, by: User) -> None:
    """Throw away what the rows hold. Who was registered stays registered."""
    held: Intake = hold(intake, version=None)
    if not by.has_perm("enterprises.keep_intake", held):
        raise PermissionDenied("enterprises.keep_intake")
    erase_all(pk=held.pk)


def forget(*, now: dt.datetime) -> int:
    """Erase what the rows of lists hold that nobody touched for 30 days; return of how many. Runs every night."""
    due = list(Intake.objects.filter(touched_at__lt=now - KEPT, erased_at__isnull=True).values_list("pk", flat=True))
    return erase_all(pk__in=due) if due else 0


def erase_all(**which: Any) -> int:
    """Forget names, numbers and the file's own words. The numbers of the rows and what became of them stay."""
    intakes = Intake.objects.filter(**which)
    rows = IntakeRow.objects.filter(intake__in=intakes).exclude(verdict=Verdict.REGISTERED)
    rows.update(cells=[], merged=[], verdict=Verdict.WAITING, fault="")
    now = timezone.now()
    return intakes.update(file_name="", headings=[], columns=[], erased_at=now, touched_at=now)

"""Free text on a case."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Case, Note
from casework.states import BACK_FOR
from kit.saving import save

# Within it the same words again are a second press, or a page that was saved twice.
MOMENT = dt.timedelta(minutes=10)


@transaction.atomic
def write(*, case: Case, by: User, text: str, is_shared: bool) -> Note:
    """Keep a note with the case: for SMEDA's own eyes, or shared with the entrepreneur, who is shown it.

    The same note once more within a few minutes is refused; those who write on one case take turns.
    """
    if not by.has_perm("casework.write_note", case):
        raise PermissionDenied("casework.write_note")
    Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
    if case.notes.standing().filter(by=by, text=text, is_shared=is_shared, at__gt=timezone.now() - MOMENT).exists():
        raise ValidationError(_("You have written this already. It is saved."))
    note = Note(case=case, by=by, text=text, is_shared=is_shared)
    save(note)
    return note


@transaction.atomic
def remove(*, note: Note, by: User) -> Note:
    """Take one's own note away: it leaves every page and count at once. For 30 days it can be put back."""
    held = own(note, by=by)
    if held.removed_at is None:
        held.removed_at, held.removed_by = timezone.now(), by
        save(held, update_fields=["removed_at", "removed_by"])
    return held


@transaction.atomic
def put_back(*, note: Note, by: User) -> Note:
    """Bring one's own note back as it stood, with its day."""
    held = own(note, by=by)
    if held.removed_at is not None and held.removed_at < timezone.now() - BACK_FOR:
        raise ValidationError(_("This was removed more than 30 days ago, and cannot be put back."))
    held.removed_at, held.removed_by = None, None
    save(held, update_fields=["removed_at", "removed_by"])
    return held


def own(note: Note, *, by: User) -> Note:
    """The note, held. Nobody takes away or brings back what another wrote."""
    held = Note.objects.select_for_update(no_key=True, of=("self",)).get(pk=note.pk)
    if not by.has_perm("casework.keep_note", held):
        raise PermissionDenied("casework.keep_note")
    return held

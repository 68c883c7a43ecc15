"""Free text on a case."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Case, Note
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
    if case.notes.filter(by=by, text=text, is_shared=is_shared, at__gt=timezone.now() - MOMENT).exists():
        raise ValidationError(_("You have written this already. It is saved."))
    note = Note(case=case, by=by, text=text, is_shared=is_shared)
    save(note)
    return note

"""Free text on a case."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from casework.models import Case, Note


@transaction.atomic
def write(*, case: Case, by: User, text: str, is_shared: bool) -> Note:
    """Keep a note with the case: for SMEDA's own eyes, or shared with the entrepreneur, who is shown it."""
    if not by.has_perm("casework.write_note", case):
        raise PermissionDenied("casework.write_note")
    note = Note(case=case, by=by, text=text, is_shared=is_shared)
    note.full_clean()
    note.save()
    return note

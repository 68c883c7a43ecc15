"""What is asked after the registration, when it is needed: changed one page at a time, by its owner or an advisor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from enterprises.actions.statements import source_for, state
from enterprises.models import Enterprise, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def change(*, subject: Person | Enterprise, person: Person, by: User, version: int, **values: Any) -> list[str]:
    """Write the values that differ, note who stated each, and return the names of the fields that changed.

    What somebody called wrong and stands as it was stays so: that it is right is said by `statements.uphold`.
    `person` is whose record it is: the subject, or the owner of the enterprise. Raises `EditConflict` when somebody
    else changed the record meanwhile.
    """
    permission = f"enterprises.change_{subject._meta.model_name}"
    held = hold(subject, version=version)
    if not by.has_perm(permission, held):
        raise PermissionDenied(permission)
    changed = sorted(name for name, value in values.items() if getattr(held, name) != value)
    if not changed:
        return []
    state(held, changed, source=source_for(person, by=by), by=by)
    for name in changed:
        setattr(held, name, values[name])
    held.version += 1
    held.save(update_fields=[*changed, "version"])
    record("enterprises.details_changed", target=held, by=by, audience=AUDIENCE, data={"fields": changed})
    return changed

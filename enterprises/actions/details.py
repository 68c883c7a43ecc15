"""What is asked after the registration, when it is needed: changed one page at a time, by its owner or an advisor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from enterprises.actions.clients import promote_if_ready
from enterprises.actions.statements import source_for, state
from enterprises.models import Enterprise, Person, Statement
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def change(*, subject: Person | Enterprise, person: Person, by: User, version: int, **values: Any) -> list[str]:
    """Write the values that differ, note who stated each, and return the names of the fields that changed.

    What the client called wrong and stands as it was is stated anew: somebody asked, and it is right.
    `person` is whose record it is: the subject, or the owner of the enterprise. Raises `EditConflict` when somebody
    else changed the record meanwhile.
    """
    permission = f"enterprises.change_{subject._meta.model_name}"
    held = hold(subject, version=version)
    if not by.has_perm(permission, held):
        raise PermissionDenied(permission)
    changed = sorted(name for name, value in values.items() if getattr(held, name) != value)
    whose = "person" if isinstance(held, Person) else "enterprise"
    doubted = Statement.objects.called_wrong().filter(**{whose: held}, field__in=values)
    stated = {*changed, *doubted.values_list("field", flat=True)}
    state(held, stated, source=source_for(person, by=by), by=by)
    if not changed:
        return []
    for name in changed:
        setattr(held, name, values[name])
    held.version += 1
    held.save(update_fields=[*changed, "version"])
    if isinstance(held, Enterprise):
        promote_if_ready(held, by=by)
    record("enterprises.details_changed", target=held, by=by, audience=AUDIENCE, data={"fields": changed})
    return changed

"""Who stated each field of a person or an enterprise: written by the actions that write the fields."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from enterprises.models import Enterprise, Person, Statement


def state(subject: Person | Enterprise, fields: Iterable[str], *, source: str, by: User) -> None:
    """Write down who stated these fields, in the caller's transaction; an earlier statement of a field gives way."""
    owner = {"person" if isinstance(subject, Person) else "enterprise": subject}
    now = timezone.now()
    Statement.objects.bulk_create(
        [Statement(field=field, source=source, by=by, at=now, **owner) for field in sorted(set(fields))],
        update_conflicts=True,
        unique_fields=["person", "enterprise", "field"],
        update_fields=["source", "by", "at"],
    )


def source_for(person: Person, *, by: User) -> str:
    """Themselves, or somebody who writes it down for them; the portal acts for who registers without signing in."""
    is_themselves = by.is_system or by.pk == person.user_id
    return Statement.Source.SELF if is_themselves else Statement.Source.ASSISTED

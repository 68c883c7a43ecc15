"""Who stated each field of a person or an enterprise: written by the actions that write the fields."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.models import Enterprise, Person, Statement
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


def state(
    subject: Person | Enterprise,
    fields: Iterable[str],
    *,
    source: str,
    by: User,
    own: Collection[str] = (),
    at: dt.datetime | None = None,
    said: Mapping[str, dt.datetime] = MappingProxyType({}),
) -> None:
    """Write down who stated these fields, in the caller's transaction; an earlier statement of a field gives way.

    `own` names those of them that the person typed without anybody, before `by` wrote down the others. `at` is when, of
    what stood before and comes back. `said` is when the person had said the same, of what is read from a card now.
    """
    owner = {"person" if isinstance(subject, Person) else "enterprise": subject}
    now = at or timezone.now()
    theirs = {"source": Statement.Source.SELF, "by": User.objects.system() if own else by}
    Statement.objects.bulk_create(
        [
            Statement(
                field=field,
                at=now,
                disputed_at=None,
                said_at=said.get(field),
                **owner,
                **(theirs if field in own else {"source": source, "by": by}),
            )
            for field in sorted(set(fields))
        ],
        update_conflicts=True,
        unique_fields=["person", "enterprise", "field"],
        update_fields=["source", "by", "at", "disputed_at", "said_at"],
    )


def see_card(person: Person, *, by: User, read: Collection[str] = ("name", "cnic")) -> None:
    """Write down that an officer saw the card, and what of the record was read from it; the caller holds the person.

    What they had said themselves is remembered: should the card turn out another's, it is their word again.
    """
    person.cnic_standing = Person.Standing.VERIFIED
    person.version += 1
    person.save(update_fields=["cnic_standing", "version"])
    said = Statement.objects.filter(person=person, field__in=read).said_by_themselves()
    state(person, read, source=Statement.Source.CARD, by=by, said={one.field: one.said_first_at for one in said})
    record("enterprises.card_seen", target=person, by=by, audience=AUDIENCE)


def forget_card(person: Person) -> None:
    """What stands as read from a card that is not theirs is their own word again, or what an officer wrote down."""
    read = Statement.objects.filter(person=person, source=Statement.Source.CARD)
    read.filter(said_at__isnull=False).update(
        source=Statement.Source.SELF, by=User.objects.system(), at=F("said_at"), said_at=None
    )
    read.update(source=Statement.Source.ASSISTED)


def source_for(person: Person, *, by: User) -> str:
    """Themselves, or somebody who writes it down for them; the portal acts for who registers without signing in."""
    is_themselves = by.is_system or by.pk == person.user_id
    return Statement.Source.SELF if is_themselves else Statement.Source.ASSISTED


@transaction.atomic
def confirm(
    *,
    person: Person,
    enterprise: Enterprise,
    person_version: int,
    enterprise_version: int,
    right: Collection[int],
    wrong: Collection[int],
    by: User,
) -> None:
    """The person looked at what others wrote down for them: what is right is theirs now, what is wrong is marked.

    `right` and `wrong` are statements by number; those that somebody stated anew meanwhile are let be. Raises
    `EditConflict` when what they looked at has changed.
    """
    held = hold(person, version=person_version)
    if not by.has_perm("enterprises.confirm_statements", held):
        raise PermissionDenied("enterprises.confirm_statements")
    business = hold(enterprise, version=enterprise_version)
    if not by.has_perm("enterprises.change_enterprise", business):
        raise PermissionDenied("enterprises.change_enterprise")
    open_ones = Statement.objects.about(held, business).for_others()
    for subject in (held, business):
        mine = [one.field for one in open_ones.filter(pk__in=right) if one.subject == subject]
        state(subject, mine, source=Statement.Source.SELF, by=by)
    disputed = open_ones.filter(pk__in=wrong, disputed_at__isnull=True)
    fields = sorted(f"{one.whose}.{one.field}" for one in disputed)
    disputed.update(disputed_at=timezone.now())
    still_wrong = open_ones.filter(disputed_at__isnull=False).count()
    if fields:
        record("enterprises.statement_disputed", target=business, by=by, audience=AUDIENCE, data={"fields": fields})
    if right and still_wrong:
        data = {"wrong": still_wrong}
        record("enterprises.statements_partly_right", target=business, by=by, audience=AUDIENCE, data=data)
    elif right:
        record("enterprises.statements_confirmed", target=business, by=by, audience=AUDIENCE)


@transaction.atomic
def uphold(*, enterprise: Enterprise, right: Mapping[int, dt.datetime], by: User, version: int) -> list[str]:
    """The advisor asked: what the client called wrong is right as it stands. Returns the fields.

    It counts as written down for them by the advisor, so that they can look at it once more. `right` says of each
    statement, by number, when it was called wrong; one that was stated anew or called wrong once more is let be.
    """
    owners = enterprise.ownerships.current().values("person")
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=owners).order_by("pk"))
    held = hold(enterprise, version=version)
    if not by.has_perm("enterprises.correct_enterprise", held):
        raise PermissionDenied("enterprises.correct_enterprise")
    wrong = Statement.objects.called_wrong().about_business(held).filter(pk__in=right).order_by("pk")
    upheld = [one for one in wrong.select_related("person", "enterprise") if one.disputed_at == right[one.pk]]
    if not upheld:
        raise ValidationError(_("A colleague has asked about this already. Look again."), code="settled")
    for one in upheld:
        state(one.subject, [one.field], source=Statement.Source.ASSISTED, by=by)
    fields = sorted(f"{one.whose}.{one.field}" for one in upheld)
    record("enterprises.statement_upheld", target=held, by=by, audience=AUDIENCE, data={"fields": fields})
    return fields

"""Whose phone it is and how it may be used, as the person says or an advisor writes down."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.actions.statements import source_for, state
from enterprises.models import OF_STRANGERS, Person, Statement
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.models import Event
from journal.moves import hold

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
DESCRIBED = "enterprises.phone_described"
ROLLED_OUT_WITHIN = dt.timedelta(days=2)


@transaction.atomic
def describe(
    *,
    person: Person,
    by: User,
    version: int,
    phone_owner: str,
    phone_reader: str,
    safe_from: dt.time | None,
    safe_until: dt.time | None,
    loans_may_be_named: bool,
) -> Person:
    """Keep what was said about the phone on file; from then on every text respects it.

    That a phone of strangers is one of the family's now lets codes go there: an advisor says so, not whoever is signed
    in at the moment. An advisor who leaves the owner as it stands, to change the hours, has not stated the owner anew.
    """
    held = hold(person, version=version)
    if not by.has_perm("enterprises.keep_phone", held):
        raise PermissionDenied("enterprises.keep_phone")
    is_opening = held.has_phone_of_strangers and phone_owner not in OF_STRANGERS
    if is_opening and by.is_entrepreneur:
        refusal = _("Your advisor changes this for you: after that, codes are sent to this phone.")
        raise ValidationError({"phone_owner": refusal}, code="opening")
    source = source_for(held, by=by)
    if source == Statement.Source.SELF or held.phone_owner != phone_owner:
        state(held, ["phone_owner"], source=source, by=by)
    held.phone_owner, held.phone_reader = phone_owner, phone_reader
    held.safe_from, held.safe_until = safe_from, safe_until
    held.loans_may_be_named = loans_may_be_named
    held.version += 1
    fields = ["phone_owner", "phone_reader", "safe_from", "safe_until", "loans_may_be_named", "version"]
    held.save(update_fields=fields)
    record(DESCRIBED, target=held, by=by, audience=AUDIENCE, data={"owner": phone_owner})
    return held


@transaction.atomic
def forget_presumed(*, now: dt.datetime) -> int:
    """That a phone is read alone, and loans may be named there, holds where somebody said it; return of how many not.

    The release before this one presumed it of whoever it registered, also while it gave way. Once a night, of those who
    came in the days before; to go with the release after this one.
    """
    came = Person.objects.filter(phone_reader=Person.PhoneReader.SELF, created_at__gt=now - ROLLED_OUT_WITHIN)
    held = list(came.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    described = Event.objects.filter(name=DESCRIBED, person_id=OuterRef("pk"))
    # What was said in a record holds in the one that it was joined with.
    joined = Person.objects.filter(Exists(described), merged_into=OuterRef("pk"))
    presumed = Person.objects.filter(~Exists(described), ~Exists(joined), pk__in=held)
    return presumed.update(phone_reader=Person.PhoneReader.NOT_SAID, loans_may_be_named=False)

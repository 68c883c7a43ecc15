"""What people agree to, and take back."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from enterprises.actions import grants
from enterprises.actions.clients import promote_if_ready
from enterprises.models import Consent, Grant, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def give(*, person: Person, kind: str, by: User) -> Consent:
    """Write down that the person agrees; a consent that stands already is returned as it is."""
    hold_for(person, by=by)
    standing = Consent.objects.standing().filter(person=person, kind=kind).first()
    if standing is not None:
        return standing
    consent = Consent.objects.create(person=person, kind=kind, given_to=by)
    record("enterprises.consent_given", target=consent, by=by, audience=AUDIENCE, data={"kind": kind})
    for ownership in person.ownerships.current().filter(is_contact=True).select_related("enterprise"):
        promote_if_ready(ownership.enterprise, by=by)
    return consent


@transaction.atomic
def withdraw(*, person: Person, kind: str, by: User) -> Consent | None:
    """Take a consent back. Without "share", nobody who sees a referral of the person's enterprises sees it any longer.

    A live application or loan goes on: those grants rest on a contract, and end with it.
    """
    hold_for(person, by=by)
    # Of a merged record too: should the records be taken apart again, it must not stand there.
    given = Consent.objects.standing().filter(person__in=person.record_ids(), kind=kind)
    consent = given.filter(person=person).first() or given.first()
    if consent is None:
        return None
    consent.withdrawn_at = timezone.now()
    given.update(withdrawn_at=consent.withdrawn_at)
    if kind == Consent.Kind.SHARE:
        owned = person.ownerships.current().values("enterprise_id")
        grants.end_all(Grant.objects.filter(purpose=Grant.Purpose.REFERRAL, enterprise_id__in=owned), by=by)
    record("enterprises.consent_withdrawn", target=consent, by=by, audience=AUDIENCE, data={"kind": kind})
    return consent


def hold_for(person: Person, *, by: User) -> None:
    """Lock the person: consents and the sharing that rests on them take turns."""
    hold(person, version=None)
    if not by.has_perm("enterprises.keep_consents", person):
        raise PermissionDenied("enterprises.keep_consents")

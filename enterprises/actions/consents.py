"""What people agree to, and take back."""

import datetime as dt
import logging

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from enterprises.actions import grants
from enterprises.actions.clients import promote_all
from enterprises.models import Consent, ConsentTerm, Enterprise, Grant, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold
from kit.faults import describe

logger = logging.getLogger(__name__)

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}
BATCH = 1_000


@transaction.atomic
def give(
    *, person: Person, kind: str, by: User, registering: Enterprise | None = None, at: dt.datetime | None = None
) -> Consent:
    """Write down that the person agrees; a consent that stands already is returned as it is.

    One that ran out gives way to the new one, also where it still stands because a loan rests on it.
    `registering` is the enterprise that is registered with it: of that they are told by whoever registers it. `at` is
    when they agreed, where it is written down later.
    """
    hold_for(person, by=by)
    standing = Consent.objects.standing().filter(person=person, kind=kind).first()
    at = at or timezone.now()
    today = timezone.localdate(at)
    if standing is not None and not standing.is_over(on=timezone.localdate()):
        promote_all(person, by=by, registering=registering)
        return standing
    if standing is not None:
        end_as_lapsed(standing, now=timezone.now())
    term = ConsentTerm.objects.in_force(kind, on=today)
    until_on = term.end_of(today) if term else None
    consent = Consent.objects.create(person=person, kind=kind, given_to=by, given_at=at, until_on=until_on)
    record("enterprises.consent_given", target=consent, by=by, audience=AUDIENCE, data={"kind": kind})
    promote_all(person, by=by, registering=registering)
    return consent


@transaction.atomic
def withdraw(*, person: Person, kind: str, by: User) -> Consent | None:
    """Take a consent back. Without "share", nobody who sees a referral of the person's enterprises sees it any longer.

    What is no loan yet ends with it; a loan that runs goes on: its grant rests on a contract, and ends with that.
    """
    hold_for(person, by=by)
    # Of a merged record too: should the records be taken apart again, it must not stand there.
    given = Consent.objects.standing().filter(person__in=person.record_ids(), kind=kind)
    consent = given.filter(person=person).first() or given.first()
    if consent is None:
        return refuse_again(person, kind=kind, by=by)
    consent.withdrawn_at = timezone.now()
    given.update(withdrawn_at=consent.withdrawn_at)
    stop_sharing(person, kind=kind, by=by)
    record("enterprises.consent_withdrawn", target=consent, by=by, audience=AUDIENCE, data={"kind": kind})
    return consent


def refuse_again(person: Person, *, kind: str, by: User) -> Consent | None:
    """Asked again after it ran out, they say no: that day stands beside the one on which it ran out."""
    lapsed = Consent.objects.to_ask_again().filter(person__in=person.record_ids(), kind=kind)
    consent = lapsed.filter(person=person).first() or lapsed.first()
    if consent is None:
        return None
    consent.refused_at = timezone.now()
    lapsed.update(refused_at=consent.refused_at)
    record("enterprises.consent_refused", target=consent, by=by, audience=AUDIENCE, data={"kind": kind})
    return consent


def stop_sharing(person: Person, *, kind: str, by: User) -> None:
    """What is shared of a business rests on the permission of the owner whom the portal talks to, and on no other's."""
    if kind == Consent.Kind.SHARE:
        owned = person.ownerships.current().filter(is_contact=True).values("enterprise_id")
        grants.end_all(Grant.objects.filter(purpose=Grant.Purpose.REFERRAL, enterprise_id__in=owned), by=by)


def lapse(*, now: dt.datetime) -> int:
    """End what ran out, as if it were taken back, and let it be asked for again; return how many. Once a night.

    Each in a transaction of its own, under the lock under which it would be taken back. One that fails stops no other,
    and fails the night's job when all the others are done, so that it is tried again.
    """
    date_undated()
    over = Consent.objects.run_out(at=now).order_by("pk").values_list("pk", flat=True)
    count, faults = 0, []
    for pk in list(over):
        try:
            count += lapse_one(pk, now=now)
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the rest
            logger.error("lapse failed", extra={"consent": pk, **describe(error)})  # noqa: TRY400 - codes only
            faults.append(error)
    if faults:
        raise faults[0]
    return count


def date_undated() -> int:
    """Write until when those stand that have a term and no end, given by a release that knew none; return how many."""
    dated = 0
    for term in ConsentTerm.objects.all():  # of each kind the newest first
        undated = Consent.objects.standing().filter(
            kind=term.kind, until_on__isnull=True, given_at__date__gte=term.from_on
        )
        while pks := list(undated.values_list("pk", flat=True)[:BATCH]):
            dated += undated.filter(pk__in=pks).update(until_on=term.end_of_each("given_at"))
    return dated


@transaction.atomic
def lapse_one(pk: int, *, now: dt.datetime) -> bool:
    by = User.objects.system()
    person = Person.objects.get(consents=pk)
    hold_for(person, by=by)
    consent = Consent.objects.run_out(at=now).filter(pk=pk).first()
    if consent is None:
        return False
    end_as_lapsed(consent, now=now)
    stop_sharing(person, kind=consent.kind, by=by)
    record("enterprises.consent_lapsed", target=consent, by=by, audience=AUDIENCE, data={"kind": consent.kind})
    return True


def end_as_lapsed(consent: Consent, *, now: dt.datetime) -> None:
    consent.withdrawn_at = consent.lapsed_at = now
    consent.save(update_fields=["withdrawn_at", "lapsed_at"])


def hold_for(person: Person, *, by: User) -> None:
    """Lock the person: consents and the sharing that rests on them take turns."""
    hold(person, version=None)
    if not by.has_perm("enterprises.keep_consents", person):
        raise PermissionDenied("enterprises.keep_consents")

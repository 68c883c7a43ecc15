"""The case passport: one that counts at a time; whoever loses it gets another, and the lost one is void."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from enterprises.models import Enterprise, Passport, Person
from journal.events import ADVISORS, ENTREPRENEUR, MANAGERS, record
from journal.moves import hold

AUDIENCE = {ENTREPRENEUR, ADVISORS, MANAGERS}


@transaction.atomic
def issue(*, enterprise: Enterprise, person: Person, by: User) -> Passport:
    """The person's passport for the enterprise; the one that counts already is given again."""
    hold_for(enterprise, person=person, by=by)
    standing = Passport.objects.valid().filter(enterprise=enterprise, person=person).first()
    return standing or make(enterprise, person=person, by=by)


@transaction.atomic
def reissue(*, enterprise: Enterprise, person: Person, by: User) -> Passport:
    """Another passport, with a code of its own; the old one is void from now on."""
    hold_for(enterprise, person=person, by=by)
    void(enterprise, person=person, by=by)
    return make(enterprise, person=person, by=by)


@transaction.atomic
def revoke(*, enterprise: Enterprise, person: Person, by: User) -> None:
    """The passport is void; there is none until somebody issues one."""
    hold_for(enterprise, person=person, by=by)
    void(enterprise, person=person, by=by)


def hold_for(enterprise: Enterprise, *, person: Person, by: User) -> None:
    """Lock the enterprise: of two who issue at once, the second finds what the first made."""
    hold(enterprise, version=None)
    if not by.has_perm("enterprises.issue_passport", Passport(enterprise=enterprise, person=person)):
        raise PermissionDenied("enterprises.issue_passport")


def make(enterprise: Enterprise, *, person: Person, by: User) -> Passport:
    passport = Passport.objects.create(enterprise=enterprise, person=person, issued_by=by)
    record("enterprises.passport_issued", target=passport, by=by, audience=AUDIENCE)
    return passport


def void(enterprise: Enterprise, *, person: Person, by: User) -> None:
    held = Passport.objects.valid().filter(enterprise__in=enterprise.record_ids(), person__in=person.record_ids())
    for passport in held:
        passport.revoked_at, passport.revoked_by = timezone.now(), by
        passport.save(update_fields=["revoked_at", "revoked_by"])
        record("enterprises.passport_revoked", target=passport, by=by, audience=AUDIENCE)

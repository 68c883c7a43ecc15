"""Sight beyond one's district: given and ended by the referral, enrolment or application that it serves."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Office, User
from enterprises.models import Consent, Enterprise, Grant, Person
from enterprises.querysets import GrantQuerySet


@transaction.atomic
def give(
    *, enterprise: Enterprise, purpose: str, by: User, office: Office | None = None, user: User | None = None
) -> Grant:
    """Let an office or a colleague see the enterprise; a live grant of the same purpose is returned as it is.

    Whether `by` may refer, enrol or apply is asked by the action that calls this one. What is asked here is whether
    the owner lets SMEDA share: a referral is refused with `ValidationError` where that consent does not stand, and
    the owner's row is held, so that a consent withdrawn at this very moment ends the grant too.
    """
    if purpose == Grant.Purpose.REFERRAL:
        hold_owner(enterprise)
        refuse_unshared(enterprise)
    grant, _is_new = Grant.objects.get_or_create(
        enterprise=enterprise, purpose=purpose, office=office, user=user, until_at=None, defaults={"given_by": by}
    )
    return grant


@transaction.atomic
def end(*, grant: Grant, by: User) -> None:
    """Close this sight now. What ended already keeps its first end."""
    end_all(Grant.objects.filter(pk=grant.pk), by=by)
    grant.refresh_from_db(fields=["until_at", "ended_by"])


def end_all(grants: GrantQuerySet, *, by: User) -> int:
    """Close every grant of the queryset that is still open; return how many."""
    return grants.filter(until_at__isnull=True).update(until_at=timezone.now(), ended_by=by)


def hold_owner(enterprise: Enterprise) -> None:
    """Lock the owner's row: whatever rests on a consent of theirs, and whoever writes that down, take turns."""
    list(Person.objects.contacts_of(enterprise).select_for_update(no_key=True, of=("self",)).order_by("pk"))


def refuse_unshared(enterprise: Enterprise) -> None:
    if not Consent.objects.lets_share(enterprise, on=timezone.localdate()).exists():
        raise ValidationError(_("The owner has not agreed that these details may be shared."), code="no_consent")

"""What people of this app wait for: a claim whose card nobody has seen yet."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from accounts.models import Office, OfficeDistrict
from enterprises.models import Claim
from journal.open_items import Owner, Scope, as_items


def open_items(scope: Scope) -> Iterable[QuerySet]:
    """Claims that wait at the offices of the scope; no advisor in particular holds them.

    A claim belongs to no enterprise until it is settled: neither of the two people learns of the other by it.
    """
    claims = within(scope)
    office = covers().order_by("-office__depth", "office_id").values("office_id")[:1]
    yield as_items(
        claims.annotate(covering_id=Subquery(office)),
        kind="enterprises.claim",
        enterprise=Value(None),
        since="made_at",
        due_on="due_on",
        owner=Owner.ADVISOR,
        holder=None,
        office="covering_id",
    )


def within(scope: Scope) -> QuerySet:
    waiting = Claim.objects.waiting()
    if not scope.office_ids:
        return waiting.none()
    return waiting.filter(Exists(covers().filter(office_id__in=scope.office_ids)))


def covers() -> QuerySet:
    """SMEDA's offices that cover the claim's district today."""
    today = timezone.localdate()
    return OfficeDistrict.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        district_id=OuterRef("district_id"),
        office__organisation=Office.Organisation.SMEDA,
        from_on__lte=today,
    )

"""What people of this app wait for: a claim whose card nobody has seen yet, a registration that stopped halfway."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Office, OfficeDistrict
from enterprises.models import Claim, Draft
from journal.open_items import Owner, Scope, as_items


def open_items(scope: Scope) -> Iterable[QuerySet]:
    """What waits at the offices of the scope. No advisor in particular holds it, and it has no enterprise yet."""
    yield claims(scope)
    yield drafts(scope)


def claims(scope: Scope) -> QuerySet:
    """Registered twice: neither of the two people learns of the other by it."""
    here = Exists(covers().filter(office_id__in=scope.office_ids))
    return items(Claim.objects.waiting().filter(here), kind="enterprises.claim", since="made_at", due_on="due_on")


def drafts(scope: Scope) -> QuerySet:
    """Stopped halfway, with a number to call; without a district the call is the head office's."""
    here = Exists(covers().filter(office_id__in=scope.office_ids))
    nowhere = Q(district__isnull=True) & Exists(head_office().filter(pk__in=scope.office_ids))
    to_call = Draft.objects.to_call(at=timezone.now()).filter(here | nowhere)
    return items(to_call, kind="enterprises.draft", since="touched_at", due_on="call_due_on")


def items(rows: QuerySet, *, kind: str, since: str, due_on: str) -> QuerySet:
    office = covers().order_by("-office__depth", "office_id").values("office_id")[:1]
    return as_items(
        rows.annotate(covering_id=Coalesce(Subquery(office), Subquery(head_office().values("pk")[:1]))),
        kind=kind,
        enterprise=Value(None),
        since=since,
        due_on=due_on,
        owner=Owner.ADVISOR,
        holder=None,
        office="covering_id",
    )


def head_office() -> QuerySet:
    return Office.objects.filter(organisation=Office.Organisation.SMEDA, depth=0).order_by("pk")


def covers() -> QuerySet:
    """SMEDA's offices that cover the row's district today."""
    today = timezone.localdate()
    return OfficeDistrict.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=today),
        district_id=OuterRef("district_id"),
        office__organisation=Office.Organisation.SMEDA,
        from_on__lte=today,
    )

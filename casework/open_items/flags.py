"""Flags that somebody settles. They are the owner's; no client is found by them, and no page of the client's asks."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Q, QuerySet

from casework.models import Flag
from casework.open_items.parts import late_below
from journal.open_items import Owner, Scope, as_items

WHERE = {"enterprise": "case__enterprise_id", "holder": "owner_id", "office": "case__office_id"}


def items(scope: Scope) -> Iterator[QuerySet]:
    if not (scope.user_id or scope.office_ids):
        return
    standing = Flag.objects.standing()
    yield to_settle(replace(scope, enterprise_ids=None).narrow(standing, **WHERE))
    if scope.user_id and not scope.is_team:
        # Whose owner left is the manager's at once, whenever it is due.
        left = Q(pk__in=Flag.objects.of_nobody(on=scope.today).values("pk"))
        yield to_settle(late_below(standing, scope.user_id, today=scope.today, holder="owner_id", also=left))


def to_settle(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind="casework.flag", since="at", due_on="due_on", owner=Owner.ADVISOR, **WHERE)

"""Cases that somebody is asked to take. No client is found by them: who is asked does not see the client yet."""

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet, Value

from casework.models import Transfer
from casework.open_items.parts import late_below
from journal.open_items import Owner, Scope, as_items

WHERE = {"holder": "to_advisor_id", "office": "to_office_id"}


def items(scope: Scope) -> Iterator[QuerySet]:
    """Whose it is to answer; once it is late, also the manager's of the office that was asked."""
    if not (scope.user_id or scope.office_ids):
        return
    waiting = Transfer.objects.waiting()
    yield asked(replace(scope, enterprise_ids=None).narrow(waiting, enterprise="", **WHERE))
    if scope.user_id and not scope.is_team:
        named = waiting.filter(to_advisor__isnull=False)
        yield asked(late_below(named, scope.user_id, today=scope.today, office="to_office", holder="to_advisor_id"))


def asked(rows: QuerySet) -> QuerySet:
    return as_items(
        rows,
        kind="casework.transfer",
        enterprise=Value(None),
        since="at",
        due_on="due_on",
        owner=Owner.ADVISOR,
        **WHERE,
    )

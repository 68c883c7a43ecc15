"""Contacts that were drawn to be called back, and those of which the client says that they did not take place."""

from collections.abc import Iterator

from django.db.models import QuerySet

from casework.models import CallBack
from casework.open_items.parts import OF_LOT, to_look_at
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    if not (scope.user_id or scope.office_ids):
        return
    rows = CallBack.objects
    drawn = to_look_at(scope, rows.drawn().may_be_called(), own=rows.asked_of)
    yield as_items(drawn, kind="casework.call_back", since="drawn_at", due_on="due_on", owner=Owner.ADVISOR, **OF_LOT)
    denied = to_look_at(scope, rows.denied(), own=rows.denied_for)
    yield as_items(
        denied, kind="casework.call_back_no", since="called_at", due_on="due_on", owner=Owner.ADVISOR, **OF_LOT
    )

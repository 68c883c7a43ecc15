"""Open items of every app, asked in one query whose text is made once a process.

A shape says which parts of a scope are asked for. It leaves the scope's values alone, so that the same function makes
the kept text, from `GIVEN`, and the plain querysets, from a scope with values.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet

from casework.models import Case
from casework.open_items import BESIDE as BESIDE_A_CASE
from journal.open_items import (
    AFTER,
    GIVEN,
    OWN,
    WEEK_ENDS,
    Cursor,
    Owner,
    Scope,
    as_dicts,
    counted,
    counting,
    union,
)
from kit.given import Text
from portal.wiring import OPEN_ITEMS

Shape = Callable[[Scope], Scope]
# What goes on beside the way of a case: see `journal.open_items.next_step`.
BESIDE = BESIDE_A_CASE | {
    "training.waiting",
    "enterprises.phone_facts",
    "enterprises.claim",
    "enterprises.consent_lapsed",
    "enterprises.called_wrong",
}


def of_clients(scope: Scope) -> Scope:
    """Everything that these enterprises wait for."""
    return replace(scope, user_id=None, office_ids=frozenset())


def of_colleague(scope: Scope) -> Scope:
    """What the colleague holds, what nobody holds at their offices, and all that their own clients wait for."""
    own = Case.objects.open().filter(advisor_id=scope.user_id).values("enterprise_id")
    # An array, which an index is asked by: a subquery would be held against every case of the country.
    return replace(scope, enterprise_ids=ArraySubquery(own))


def of_team(scope: Scope) -> Scope:
    """What the manager and everybody at the offices holds, and all that the clients of these offices wait for."""
    clients = Case.objects.open().filter(office__among=scope.office_ids).values("enterprise_id")
    return replace(scope, enterprise_ids=clients, is_team=True)


def of_offices(scope: Scope) -> Scope:
    """What anybody at the offices holds."""
    return replace(scope, enterprise_ids=None, user_id=None, is_team=True)


def sources(scope: Scope) -> list[QuerySet]:
    return [rows for open_items in OPEN_ITEMS for rows in open_items(scope)]


def earliest(
    shape: Shape, scope: Scope, *, limit: int, show: str = "", after: Cursor | None = None
) -> list[dict[str, Any]]:
    """The earliest due of the scope's items after the cursor; `show` narrows them as the counts do."""
    return as_dicts(listing(shape, show, limit, is_continued=after is not None).rows(values_of(scope, after)))


def numbers(shape: Shape, scope: Scope) -> dict[str, int]:
    """How many are late, due today, due in the week to come, with others, and the own."""
    return counted(numbering(shape), values_of(scope))


@cache
def listing(shape: Shape, show: str, limit: int, *, is_continued: bool) -> Text:
    rows = [narrowed(rows, show, GIVEN.today, WEEK_ENDS) for rows in sources(shape(GIVEN))]
    union_of_all = union(rows, limit=limit, after=AFTER if is_continued else None)
    # What people see who open their page: a count that narrows it, or the list's next page, is asked far less often.
    return Text.of(union_of_all, is_prepared=show in {"", OWN} and not is_continued)


@cache
def numbering(shape: Shape) -> Text:
    return counting(sources(shape(GIVEN)))


def values_of(scope: Scope, after: Cursor | None = None) -> dict[str, Any]:
    """What the kept texts are filled with."""
    values = {
        "user_id": scope.user_id,
        "office_ids": list(scope.office_ids),
        "enterprise_ids": list(scope.enterprise_ids or ()),
        "today": scope.today,
        "now": scope.now,
        "week_ends": week_after(scope.today),
    }
    if after:
        values |= {"after_due_on": after.due_on, "after_kind": after.kind, "after_target_id": after.target_id}
    return values


def week_after(day: date) -> date:
    return day + timedelta(days=7)


def narrowed(rows: QuerySet, show: str, on: Any, week_ends: Any) -> QuerySet:
    if show == "late":
        return rows.filter(item_due_on__lt=on)
    if show == "today":
        return rows.filter(item_due_on=on, item_owner=Owner.ADVISOR)
    if show == "week":
        return rows.filter(item_due_on__gt=on, item_due_on__lte=week_ends, item_owner=Owner.ADVISOR)
    if show == "waiting":
        return rows.exclude(item_owner=Owner.ADVISOR)
    if show == OWN:
        return rows.filter(Q(item_due_on__lt=on) | Q(item_owner=Owner.ADVISOR))
    return rows

"""Open items of every app, asked in one query whose text is made once a process.

A shape says which parts of a scope are asked for. It leaves the scope's values alone, so that the same function makes
the kept text, from `GIVEN`, and the plain querysets, from a scope with values.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db.models import QuerySet

from casework.models import Case
from casework.open_items import BESIDE as BESIDE_A_CASE
from journal.open_items import GIVEN, Cursor, Scope, as_dicts, asking, board, column_of, late_by_holder, read, union
from kit.given import Given, Text
from portal.open_items import OPEN_ITEMS

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
    # Ids, which an index is asked by: a subquery would be held against every case of the country.
    own = scope.enterprise_ids if isinstance(scope.user_id, Given) else own_clients(scope)
    return replace(scope, enterprise_ids=own, clients_by=column_of(Case, "advisor_id"))


def own_clients(scope: Scope) -> QuerySet:
    return Case.objects.open().filter(advisor_id=scope.user_id).values_list("enterprise_id", flat=True)


def of_team(scope: Scope) -> Scope:
    """What the manager and everybody at the offices holds, and all that the clients of these offices wait for."""
    clients = Case.objects.open().filter(office__among=scope.office_ids).values("enterprise_id")
    return replace(scope, enterprise_ids=clients, is_team=True, clients_by=column_of(Case, "office_id"))


def of_offices(scope: Scope) -> Scope:
    """What anybody at the offices holds."""
    return replace(scope, enterprise_ids=None, user_id=None, is_team=True)


def sources(scope: Scope) -> list[QuerySet]:
    return [rows for open_items in OPEN_ITEMS for rows in open_items(scope)]


def earliest(shape: Shape, scope: Scope, *, limit: int) -> list[dict[str, Any]]:
    """The earliest due of the scope's items."""
    return as_dicts(listing(shape, limit).rows(values_of(shape, scope)))


def numbered(
    shape: Shape,
    scope: Scope,
    *,
    limit: int,
    show: str = "",
    after: Cursor | None = None,
    holder_id: int | None = None,
) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many of the scope's items each count has, and the earliest due of the one that is shown, after the cursor.

    With a holder, what they hold of it.
    """
    asked = asking(show=show, limit=limit, after=after, holder_id=holder_id)
    return read(numbering(shape), values_of(shape, scope) | asked)


def late_of_each(shape: Shape, scope: Scope) -> dict[int, tuple[int, date]]:
    """Of the scope's items those that `numbered` calls late, by whose they are: how many, and since when."""
    return {holder: (number, since) for holder, number, since in lateness(shape).rows(values_of(shape, scope))}


@cache
def listing(shape: Shape, limit: int) -> Text:
    return Text.of(union(sources(shape(GIVEN)), limit=limit))


@cache
def numbering(shape: Shape) -> Text:
    return board(sources(shape(GIVEN)))


@cache
def lateness(shape: Shape) -> Text:
    return late_by_holder(sources(shape(GIVEN)))


def values_of(shape: Shape, scope: Scope) -> dict[str, Any]:
    """What the kept texts are filled with."""
    clients = own_clients(scope) if shape is of_colleague else scope.enterprise_ids
    return {
        "user_id": scope.user_id,
        "office_ids": list(scope.office_ids),
        "enterprise_ids": list(clients or ()),
        "today": scope.today,
        "now": scope.now,
        "week_ends": week_after(scope.today),
    }


def week_after(day: date) -> date:
    return day + timedelta(days=7)

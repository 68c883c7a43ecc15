"""Open items: what somebody waits for, who has it, and until when.

Every app that makes people wait offers `open_items(scope)` in its `open_items.py`; `portal/wiring.py` lists them, and
`/desk/` and `/my/` unite them. Nothing stores a second list of things to do.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, CharField, Count, DateField, DateTimeField, Q, QuerySet, Value
from django.db.models.expressions import Combinable, F
from django.db.models.functions import Cast

COLUMNS = ("kind", "enterprise_id", "since", "due_on", "owner", "holder_id", "office_id", "target_id")


class Owner:
    """Which side has the ball."""

    ENTREPRENEUR = "entrepreneur"
    ADVISOR = "advisor"
    TRAINER = "trainer"
    LENDER = "lender"


@dataclass(frozen=True)
class Facts:
    """What a client is told of an item beside who has it and until when; the app that has the item knows it.

    `title` stands in place of the kind's words; `lines` are (icon, label, text); `bring` is what to have ready;
    `until` is the last day on time, where a closed day moves it. `is_new`: it is the client's turn only since what came
    before was done, so that the day on which the whole began would read as a reproach.
    """

    title: str = ""
    lines: tuple[tuple[str, str, str], ...] = ()
    bring: tuple[str, ...] = ()
    until: date | None = None
    is_new: bool = False


@dataclass(frozen=True)
class Scope:
    """Whose open items are asked for; the parts add up.

    `enterprise_ids`: everything that these enterprises wait for, ids or a subquery of them.
    `user_id`: what this colleague holds, for whichever client.
    `office_ids`: what nobody in particular holds at these offices; with `is_team`, what anybody there holds.
    """

    user_id: int | None = None
    office_ids: frozenset[int] = field(default_factory=frozenset)
    enterprise_ids: Collection[int] | QuerySet | None = None
    is_team: bool = False

    def narrow(self, rows: QuerySet, *, enterprise: str, holder: str | None, office: str | None) -> QuerySet:
        """Keep the rows of this scope; the names say which columns lead to enterprise, holder and office."""
        wanted = Q(pk__in=[])
        if self.enterprise_ids is not None:
            wanted |= Q(**{f"{enterprise}__in": self.enterprise_ids})
        if self.user_id and holder:
            wanted |= Q(**{holder: self.user_id})
        if self.office_ids and office:
            at_office = Q(**{f"{office}__in": self.office_ids})
            wanted |= at_office if self.is_team or not holder else at_office & Q(**{f"{holder}__isnull": True})
        return rows.filter(wanted)


def as_items(
    rows: QuerySet,
    *,
    kind: str,
    enterprise: str,
    since: str | Combinable,
    due_on: str | Combinable,
    owner: str | Combinable,
    holder: str | None,
    office: str | None,
    target: str = "pk",
) -> QuerySet:
    """The rows as dictionaries with the `COLUMNS`, ready to be united with those of other apps."""

    def column(source: str | Combinable | None, output: Any) -> Combinable:
        # Nothing is cast too: PostgreSQL takes two bare NULLs in a UNION for texts, and a number after them is refused.
        return Cast(F(source) if isinstance(source, str) else source or Value(None), output)

    return rows.order_by().annotate(
        item_kind=Value(kind, output_field=CharField()),
        item_enterprise=column(enterprise, BigIntegerField()),
        item_since=column(since, DateTimeField()),
        item_due_on=column(due_on, DateField()),
        item_owner=Value(owner, output_field=CharField()) if isinstance(owner, str) else Cast(owner, CharField()),
        item_holder=column(holder, BigIntegerField()),
        item_office=column(office, BigIntegerField()),
        item_target=column(target, BigIntegerField()),
    ).values_list(
        "item_kind", "item_enterprise", "item_since", "item_due_on",
        "item_owner", "item_holder", "item_office", "item_target",
    )  # fmt: skip


CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})_([a-z_.]+)_([0-9]{1,18})")


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before, in the order of `united`."""

    due_on: date
    kind: str
    target_id: int

    def __str__(self) -> str:
        return f"{self.due_on.isoformat()}_{self.kind}_{self.target_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor in a URL; None for anything that is not one."""
        found = CURSOR.fullmatch(text)
        try:
            return cls(date.fromisoformat(found[1]), found[2], int(found[3])) if found else None
        except ValueError:  # a 31st of November
            return None

    def beyond(self) -> Q:
        """Rows after this one; the first condition is redundant, and is what PostgreSQL's index serves."""
        same_day = Q(item_due_on=self.due_on)
        return Q(item_due_on__gte=self.due_on) & (
            Q(item_due_on__gt=self.due_on)
            | (same_day & Q(item_kind__gt=self.kind))
            | (same_day & Q(item_kind=self.kind, item_target__gt=self.target_id))
        )


def united(sources: Iterable[QuerySet], *, limit: int, after: Cursor | None = None) -> list[dict[str, Any]]:
    """The earliest due of all sources, each limited by its own index, united, limited again: one query."""
    order = ("item_due_on", "item_kind", "item_target")
    branches = [(source.filter(after.beyond()) if after else source).order_by(*order)[:limit] for source in sources]
    if not branches:
        return []
    first, *others = branches
    rows = first.union(*others, all=True).order_by(*order)[:limit] if others else first
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def counted(sources: Iterable[QuerySet], *, today: date, week_ends: date) -> dict[str, int]:
    """How many are late, due today, and due later this week, over all sources: one query a source."""
    found = {"late": 0, "today": 0, "week": 0, "waiting": 0}
    for source in sources:
        part = source.aggregate(
            late=Count("item_target", filter=Q(item_due_on__lt=today)),
            today=Count("item_target", filter=Q(item_due_on=today)),
            week=Count("item_target", filter=Q(item_due_on__gt=today, item_due_on__lte=week_ends)),
            waiting=Count("item_target", filter=~Q(item_owner=Owner.ADVISOR)),
        )
        found = {name: found[name] + part[name] for name in found}
    return found

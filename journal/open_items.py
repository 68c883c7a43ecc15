"""Open items: what somebody waits for, who has it, and until when.

Every app that makes people wait offers `open_items(scope)` in its `open_items`; `portal/open_items.py` lists them, and
`/desk/` and `/my/` unite them. Nothing stores a second list of things to do.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, Field, Model, Q, QuerySet, Value
from django.db.models.expressions import Combinable, F
from django.db.models.functions import Cast
from django.utils import timezone

from kit.given import Given, Text

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

    `title` stands in place of the kind's words; `why` says what happened; `lines` are (icon, label, text); `bring` is
    what to have ready; `until` is the last day on time, where a closed day moves it. `is_new`: it is the client's turn
    only since what came before was done, so that the day on which the whole began would read as a reproach. `is_dated`:
    the lines say the day, and no second one stands beside it. `goes_by_itself`: nobody has to do anything for it just
    now.
    """

    title: str = ""
    why: str = ""
    lines: tuple[tuple[str, str, str], ...] = ()
    bring: tuple[str, ...] = ()
    until: date | None = None
    is_new: bool = False
    is_dated: bool = False
    goes_by_itself: bool = False


@dataclass(frozen=True)
class Scope:
    """Whose open items are asked for; the parts add up.

    `enterprise_ids`: everything that these enterprises wait for, ids or a subquery of them.
    `user_id`: what this colleague holds, for whichever client.
    `office_ids`: what nobody in particular holds at these offices; with `is_team`, what anybody there holds.
    `clients_by`: the column of a case by which `enterprise_ids` were found, such as its advisor. What is found by that
    column of its case need not be looked for by its enterprise again.
    `today` and `now`: when it is asked; no query looks at the clock itself.
    Each value may be `Given`: see `GIVEN`.
    """

    user_id: Any = None
    office_ids: Any = field(default_factory=frozenset)
    enterprise_ids: Collection[int] | QuerySet | Given | None = None
    is_team: bool = False
    clients_by: Field | None = None
    today: Any = field(default_factory=timezone.localdate)
    now: Any = field(default_factory=timezone.now)

    def narrow(self, rows: QuerySet, *, enterprise: str, holder: str | None, office: str | None) -> QuerySet:
        """Keep the rows of this scope; the names say which columns lead to enterprise, holder and office."""
        about, held = [], Q()
        if self.enterprise_ids is not None and not self.is_implied(
            rows.model, holder if self.user_id else None, office if self.office_ids else None
        ):
            about.append(Q(**{f"{enterprise}__among": self.enterprise_ids}))
        if self.user_id and holder:
            held |= Q(**{holder: self.user_id})
        if self.office_ids and office:
            at_office = Q(**{f"{office}__among": self.office_ids})
            held |= at_office if self.is_team or not holder else at_office & Q(**{f"{holder}__isnull": True})
        return either(rows, [*about, held] if held else about, is_few=not self.is_team)

    def is_implied(self, model: type[Model], *paths: str | None) -> bool:
        """Whether the rows of these enterprises are among those found by one of the columns anyway."""
        return self.clients_by is not None and any(column_of(model, path) == self.clients_by for path in paths if path)


def either(rows: QuerySet, wanted: Sequence[Q], *, is_few: bool) -> QuerySet:
    """Rows that one of the conditions keeps.

    No index serves an OR over several tables, nor over many ids and a column. Where few rows are kept, each condition
    finds its own by the index that it has; where a large part of all is kept, that would be looking twice.
    """
    if is_few and len(wanted) > 1:
        first, *others = (rows.filter(condition).order_by().values("pk") for condition in wanted)
        return rows.filter(pk__in=first.union(*others))
    kept = Q(pk__in=[])
    for condition in wanted:
        kept |= condition
    return rows.filter(kept)


def column_of(model: type[Model], path: str) -> Any:
    """The column that the path leads to from the model; None where it is computed."""
    *steps, last = path.split("__")
    table: Any = model
    for step in steps:
        table = table._meta.get_field(step).related_model
    try:
        return table._meta.get_field(last.removesuffix("_id"))
    except FieldDoesNotExist:
        return None


IDS: ArrayField = ArrayField(BigIntegerField())
# The scope whose every value comes when it is asked: sources built of it are compiled once, by `Text.of`.
GIVEN = Scope(
    user_id=Given("user_id", BigIntegerField()),
    office_ids=Given("office_ids", IDS),
    enterprise_ids=Given("enterprise_ids", IDS),
    today=Given("today", DateField()),
    now=Given("now", DateTimeField()),
)
WEEK_ENDS: Any = Given("week_ends", DateField())


def as_items(
    rows: QuerySet,
    *,
    kind: str | Combinable,
    enterprise: str | Combinable,
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

    def word(source: str | Combinable) -> Combinable:
        return Value(source, output_field=CharField()) if isinstance(source, str) else Cast(source, CharField())

    return rows.order_by().annotate(
        item_kind=word(kind),
        item_enterprise=column(enterprise, BigIntegerField()),
        item_since=column(since, DateTimeField()),
        item_due_on=column(due_on, DateField()),
        item_owner=word(owner),
        item_holder=column(holder, BigIntegerField()),
        item_office=column(office, BigIntegerField()),
        item_target=column(target, BigIntegerField()),
    ).values_list(
        "item_kind", "item_enterprise", "item_since", "item_due_on",
        "item_owner", "item_holder", "item_office", "item_target",
    )  # fmt: skip


CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})_([a-z_.]+)_([0-9]{1,18})_([0-9]{1,18})")


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before, in the order of `board`: many businesses may wait for one class."""

    due_on: Any
    kind: Any
    target_id: Any
    enterprise_id: Any

    @classmethod
    def at(cls, item: Mapping[str, Any]) -> "Cursor":
        return cls(item["due_on"], item["kind"], item["target_id"], item["enterprise_id"] or 0)

    def parts(self) -> tuple[Any, Any, Any, Any]:
        return self.due_on, self.kind, self.target_id, self.enterprise_id

    def __str__(self) -> str:
        return f"{self.due_on.isoformat()}_{self.kind}_{self.target_id}_{self.enterprise_id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """The cursor in a URL; None for anything that is not one."""
        found = CURSOR.fullmatch(text)
        try:
            return cls(date.fromisoformat(found[1]), found[2], int(found[3]), int(found[4])) if found else None
        except ValueError:  # a 31st of November
            return None


NOWHERE = Cursor(date.min, "", 0, 0)  # before every row
AFTER = Cursor(
    Given("after_due_on", DateField()),
    Given("after_kind", CharField()),
    Given("after_target_id", BigIntegerField()),
    Given("after_enterprise_id", BigIntegerField()),
)


def union(sources: Iterable[QuerySet], *, limit: int) -> QuerySet:
    """The earliest due of all sources, each limited by its own index, united, limited again."""
    order = ("item_due_on", "item_kind", "item_target")
    first, *others = [source.order_by(*order)[:limit] for source in sources]
    return first.union(*others, all=True).order_by(*order)[:limit] if others else first


def united(sources: Iterable[QuerySet], *, limit: int) -> list[dict[str, Any]]:
    """The earliest due of all sources as dictionaries: one query, made for this asking."""
    branches = list(sources)
    return as_dicts(union(branches, limit=limit)) if branches else []


MOST = 20  # open items of one business that are looked at


def next_step(
    items: Sequence[dict[str, Any]], *, beside: Collection[str], ahead: Collection[str] = ()
) -> dict[str, Any] | None:
    """The next step, on whatever page: of the items by due day, the first that brings the case on.

    What stands `beside` it, such as a call that was agreed, is the next step only while nothing else is open; what is
    `ahead`, such as a no that the client was not told yet, comes before every other step.
    """
    return min(items, key=lambda item: (item["kind"] not in ahead, item["kind"] in beside), default=None)


def as_dicts(rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


# The colleagues' own to do: theirs, and what others are late with. The rest of others' is "waiting".
OWN = "own"
COUNTS = ("late", "today", "week", "waiting", OWN)
SHOW, LIMIT = Given("show", CharField()), Given("limit", BigIntegerField())
# Whose alone; nothing where everybody's are asked for.
HOLDER = Given("holder_id", BigIntegerField())
# Each open item is looked up once, for the counts and for the list. One text serves whatever is shown of it.
BOARD = """
WITH items AS MATERIALIZED (%s), sorted AS MATERIALIZED (
  SELECT *, item_due_on < %s AS is_late,
         item_due_on = %s AND item_owner = %s AS is_today,
         item_due_on > %s AND item_due_on <= %s AND item_owner = %s AS is_week,
         item_owner <> %s AS is_waiting,
         item_due_on < %s OR item_owner = %s AS is_own
  FROM items WHERE CAST(%s AS bigint) IS NULL OR item_holder = %s
), counts AS (
  SELECT count(*) FILTER (WHERE is_late), count(*) FILTER (WHERE is_today), count(*) FILTER (WHERE is_week),
         count(*) FILTER (WHERE is_waiting), count(*) FILTER (WHERE is_own)
  FROM sorted
), listed AS (
  SELECT item_kind, item_enterprise, item_since, item_due_on, item_owner, item_holder, item_office, item_target
  FROM sorted
  WHERE CASE %s WHEN 'late' THEN is_late WHEN 'today' THEN is_today WHEN 'week' THEN is_week
                WHEN 'waiting' THEN is_waiting WHEN 'own' THEN is_own ELSE TRUE END
    AND (item_due_on, item_kind, item_target, COALESCE(item_enterprise, 0)) > (%s, %s, %s, %s)
  ORDER BY item_due_on, item_kind, item_target, COALESCE(item_enterprise, 0) LIMIT %s
)
SELECT counts.*, listed.* FROM counts LEFT JOIN listed ON TRUE
ORDER BY item_due_on, item_kind, item_target, COALESCE(item_enterprise, 0)
"""
# What the `board` calls late, by whose it is: how many, and since when.
LATE_BY_HOLDER = """
SELECT item_holder, count(*), min(item_due_on) FROM (%s) AS items
WHERE item_due_on < %s AND item_holder IS NOT NULL GROUP BY item_holder
"""


def asking(*, show: str, limit: int, after: Cursor | None, holder_id: int | None = None) -> dict[str, Any]:
    """The values that say which page of a `board` is asked for."""
    marks = [mark.name for mark in AFTER.parts()]
    chosen = {"show": show, "limit": limit, "holder_id": holder_id}
    return chosen | dict(zip(marks, (after or NOWHERE).parts(), strict=True))


def board(sources: Iterable[QuerySet]) -> Text:
    """How many are late, due today, due later this week, with others, and the own; and a page of whichever is shown."""
    items = all_of(sources)
    own, today, ends = Owner.ADVISOR, GIVEN.today, WEEK_ENDS
    marks = (today, today, own, today, ends, own, own, today, own, HOLDER, HOLDER, SHOW, *AFTER.parts(), LIMIT)
    return Text(BOARD % (items.sql, *["%s"] * len(marks)), (*items.params, *marks))


def late_by_holder(sources: Iterable[QuerySet]) -> Text:
    items = all_of(sources)
    return Text(LATE_BY_HOLDER % (items.sql, "%s"), (*items.params, GIVEN.today), is_prepared=False)


def all_of(sources: Iterable[QuerySet]) -> Text:
    first, *others = sources
    return Text.of(first.union(*others, all=True) if others else first)


def read(text: Text, values: Mapping[str, Any]) -> tuple[dict[str, int], list[dict[str, Any]]]:
    """The counts, and the page's items, of a `board`."""
    rows = text.rows(values)
    numbers, found = rows[0][: len(COUNTS)], [row[len(COUNTS) :] for row in rows]
    # Where nothing is listed, the counts stand alone.
    return dict(zip(COUNTS, numbers, strict=True)), as_dicts(row for row in found if row[0] is not None)

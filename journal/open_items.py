"""Open items: what somebody waits for, who has it, and until when.

Every app that makes people wait offers `open_items(scope)` in its `open_items.py`; `portal/wiring.py` lists them, and
`/desk/` and `/my/` unite them. Nothing stores a second list of things to do.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, Q, QuerySet, Value
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
    `today` and `now`: when it is asked; no query looks at the clock itself.
    Each of these may be `Given`: see `GIVEN`.
    """

    user_id: Any = None
    office_ids: Any = field(default_factory=frozenset)
    enterprise_ids: Collection[int] | QuerySet | Given | None = None
    is_team: bool = False
    today: Any = field(default_factory=timezone.localdate)
    now: Any = field(default_factory=timezone.now)

    def narrow(self, rows: QuerySet, *, enterprise: str, holder: str | None, office: str | None) -> QuerySet:
        """Keep the rows of this scope; the names say which columns lead to enterprise, holder and office."""
        wanted = Q(pk__in=[])
        if self.enterprise_ids is not None:
            wanted |= Q(**{f"{enterprise}__among": self.enterprise_ids})
        if self.user_id and holder:
            wanted |= Q(**{holder: self.user_id})
        if self.office_ids and office:
            at_office = Q(**{f"{office}__among": self.office_ids})
            wanted |= at_office if self.is_team or not holder else at_office & Q(**{f"{holder}__isnull": True})
        return rows.filter(wanted)


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
    kind: str,
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

    due_on: Any
    kind: Any
    target_id: Any

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


AFTER = Cursor(
    Given("after_due_on", DateField()), Given("after_kind", CharField()), Given("after_target_id", BigIntegerField())
)


def union(sources: Iterable[QuerySet], *, limit: int, after: Cursor | None = None) -> QuerySet:
    """The earliest due of all sources, each limited by its own index, united, limited again."""
    order = ("item_due_on", "item_kind", "item_target")
    branches = [(source.filter(after.beyond()) if after else source).order_by(*order)[:limit] for source in sources]
    first, *others = branches
    return first.union(*others, all=True).order_by(*order)[:limit] if others else first


def united(sources: Iterable[QuerySet], *, limit: int, after: Cursor | None = None) -> list[dict[str, Any]]:
    """The earliest due of all sources as dictionaries: one query, made for this asking."""
    branches = list(sources)
    return as_dicts(union(branches, limit=limit, after=after)) if branches else []


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
COUNTING = """
SELECT count(*) FILTER (WHERE item_due_on < %s),
       count(*) FILTER (WHERE item_due_on = %s AND item_owner = %s),
       count(*) FILTER (WHERE item_due_on > %s AND item_due_on <= %s AND item_owner = %s),
       count(*) FILTER (WHERE item_owner <> %s),
       count(*) FILTER (WHERE item_due_on < %s OR item_owner = %s)
FROM (%s) AS items
"""


def counting(sources: Iterable[QuerySet]) -> Text:
    """How many are late, due today, due later this week, with others, and the own: one query, to be kept."""
    first, *others = sources
    items = Text.of(first.union(*others, all=True) if others else first)
    own, today = Owner.ADVISOR, GIVEN.today
    marks = (today, today, own, today, WEEK_ENDS, own, own, today, own)
    return Text(COUNTING % (*["%s"] * len(marks), items.sql), (*marks, *items.params))


def counted(text: Text, values: Mapping[str, Any]) -> dict[str, int]:
    """What `counting` counts."""
    (numbers,) = text.rows(values)
    return dict(zip(COUNTS, numbers, strict=True))

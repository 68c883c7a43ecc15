"""Open items: what somebody waits for, who has it, and until when.

Every app that makes people wait offers `open_items(scope)` in its `open_items.py`; `portal/wiring.py` lists them, and
`/desk/` and `/my/` unite them. Nothing stores a second list of things to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, CharField, DateField, DateTimeField, QuerySet, Value
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
class Scope:
    """Whose open items are asked for: a colleague's own, those of offices, or those of enterprises."""

    user_id: int | None = None
    office_ids: frozenset[int] = field(default_factory=frozenset)
    enterprise_ids: frozenset[int] = field(default_factory=frozenset)

    def narrow(self, rows: QuerySet, *, enterprise: str, holder: str | None, office: str | None) -> QuerySet:
        """Keep the rows of this scope; the names say which columns lead to enterprise, holder and office."""
        if self.enterprise_ids:
            return rows.filter(**{f"{enterprise}__in": self.enterprise_ids})
        if self.office_ids:
            return rows.filter(**{f"{office}__in": self.office_ids}) if office else rows.none()
        return rows.filter(**{holder: self.user_id}) if holder and self.user_id else rows.none()


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
        if source is None:
            return Value(None, output_field=output)
        return Cast(F(source) if isinstance(source, str) else source, output)

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
        "item_kind", "item_enterprise", "item_since", "item_due_on", "item_owner", "item_holder", "item_office", "item_target"
    )  # fmt: skip


def united(sources: Iterable[QuerySet], *, limit: int) -> list[dict[str, Any]]:
    """The earliest due of all sources, each limited by its own index, united, limited again."""
    branches = [source.order_by("item_due_on", "item_target")[:limit] for source in sources]
    if not branches:
        return []
    first, *others = branches
    rows = first.union(*others, all=True).order_by("item_due_on", "item_kind", "item_target")[:limit]
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]

"""Pages of long lists, found by the values of the last row rather than by counting rows.

A page costs the same anywhere in the list when an index holds the columns of its order. The cursor that a page hands
out is signed for its own list and order: what comes back is ours, or it is nothing and the first page is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import F, Field, GeneratedField, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

SIZE = 25


@dataclass(frozen=True)
class Page:
    """Rows, and the cursors of the pages around them, for links such as `{% querystring after=page.next %}`."""

    rows: list[Any]
    next: str | None = None
    previous: str | None = None


def page(
    queryset: QuerySet[Any],
    *,
    order: Sequence[str],
    size: int = SIZE,
    after: str | None = None,
    never_null: Sequence[str] = (),
) -> Page:
    """Return one page of `queryset` in `order`, such as ("-opened_on", "id").

    The last column tells any two rows apart. A row without a value would vanish between two pages, so a column that
    may be null (every generated one may) is refused unless `never_null` names it: the caller's word that the queryset
    leaves such rows out.
    """
    return union_page([queryset], order=order, size=size, after=after, never_null=never_null)


def union_page(
    branches: Sequence[QuerySet[Any]],
    *,
    order: Sequence[str],
    size: int = SIZE,
    after: str | None = None,
    never_null: Sequence[str] = (),
) -> Page:
    """Return one page of several querysets together, each limited by its own index before they are united.

    All select the same columns, those of the order among them. A row that stands in two branches appears once.
    """
    if not branches:
        return Page([])
    columns = [_column(branches[0], item, never_null) for item in order]
    if not columns[-1].is_unique:
        raise ValueError("The last column of the order must tell any two rows apart: end it with the primary key.")
    listing = _Listing(branches, columns, size)
    place = listing.read(after)
    rows = listing.fetch(place)
    if place and (not rows or (place.backwards and len(rows) <= size)):
        # Past the end because rows went away, or back at the start, where a whole page is better than what is left.
        place, rows = None, listing.fetch(None)
    return listing.page(rows, place)


@dataclass(frozen=True)
class _Place:
    """Where a page begins: after the row with these values or, read backwards, before it."""

    values: list[Any]
    backwards: bool


@dataclass(frozen=True)
class _Column:
    name: str
    descends: bool
    field: "Field[Any, Any]"
    is_unique: bool

    def falls(self, *, backwards: bool) -> bool:
        return self.descends != backwards

    def ordering(self, *, backwards: bool) -> str:
        return f"-{self.name}" if self.falls(backwards=backwards) else self.name

    def at_or_beyond(self, value: Any, *, backwards: bool) -> Q:
        return Q(**{f"{self.name}__{'lte' if self.falls(backwards=backwards) else 'gte'}": value})

    def beyond(self, value: Any, *, backwards: bool) -> Q:
        return Q(**{f"{self.name}__{'lt' if self.falls(backwards=backwards) else 'gt'}": value})

    def value_of(self, row: Any) -> Any:
        return row[self.name] if isinstance(row, Mapping) else attrgetter(self.name.replace(LOOKUP_SEP, "."))(row)


@dataclass(frozen=True)
class _Listing:
    branches: Sequence[QuerySet[Any]]
    columns: list[_Column]
    size: int

    @property
    def signer(self) -> signing.Signer:
        model = self.branches[0].model
        order = ",".join(column.ordering(backwards=False) for column in self.columns)
        return signing.Signer(salt=f"kit.paging:{model.__module__}.{model.__name__}:{order}")

    def cursor(self, row: Any, *, backwards: bool) -> str:
        values = [column.value_of(row) for column in self.columns]
        if None in values:
            raise ValueError("A row without a value came through: the queryset does not leave such rows out.")
        return self.signer.sign_object([backwards, [str(value) for value in values]])

    def read(self, cursor: str | None) -> _Place | None:
        """Return the place that a cursor of ours names, and nothing for anything else."""
        if not cursor:
            return None
        try:
            backwards, texts = self.signer.unsign_object(cursor)
            values = [column.field.to_python(text) for column, text in zip(self.columns, texts, strict=True)]
        except (signing.BadSignature, ValueError, ValidationError):  # a release may change a column after signing
            return None
        return _Place(values, backwards)

    def fetch(self, place: _Place | None) -> list[Any]:
        """Return the rows from `place` on in the direction of reading, and one more if there is one."""
        backwards = bool(place and place.backwards)
        ordering = [column.ordering(backwards=backwards) for column in self.columns]
        most = self.size + 1
        first, *others = [self.narrow(branch, place).order_by(*ordering)[:most] for branch in self.branches]
        return list(first.union(*others).order_by(*ordering)[:most] if others else first)

    def narrow(self, branch: QuerySet[Any], place: _Place | None) -> QuerySet[Any]:
        if place is None:
            return branch
        # The first condition says nothing new. From it PostgreSQL knows where in its index to begin when the others,
        # joined by OR, do not tell.
        start = self.columns[0].at_or_beyond(place.values[0], backwards=place.backwards)
        return branch.filter(start, self.beyond(place))

    def beyond(self, place: _Place) -> Any:
        pairs = list(zip(self.columns, place.values, strict=True))
        falls = {column.falls(backwards=place.backwards) for column in self.columns}
        if len(falls) == 1:  # one direction: a comparison of rows, which an index answers as it stands
            compare = TupleLessThan if falls.pop() else TupleGreaterThan
            names = Tuple(*(F(column.name) for column in self.columns))
            return compare(names, [Value(value, output_field=column.field) for column, value in pairs])
        condition = Q()
        for column, value in reversed(pairs):
            further = column.beyond(value, backwards=place.backwards)
            condition = further | (Q(**{column.name: value}) & condition) if condition else further
        return condition

    def page(self, fetched: list[Any], place: _Place | None) -> Page:
        rows, has_more = fetched[: self.size], len(fetched) > self.size
        backwards = bool(place and place.backwards)
        if backwards:
            rows.reverse()
        return Page(
            rows=rows,
            next=self.cursor(rows[-1], backwards=False) if has_more or backwards else None,
            previous=self.cursor(rows[0], backwards=True) if place else None,
        )


def _column(queryset: QuerySet[Any], item: str, never_null: Sequence[str]) -> _Column:
    name = item.removeprefix("-")
    column: Any = F(name).resolve_expression(queryset.all().query)
    stored = getattr(column, "target", None)  # computed columns have none: about them the caller knows
    may_be_null = stored is not None and (stored.null or isinstance(stored, GeneratedField))
    if may_be_null and name not in never_null:
        raise ValueError(f"Rows without {name} would vanish between two pages: leave them out and say so.")
    is_unique = stored is None or (stored.unique and LOOKUP_SEP not in name)
    return _Column(name, item.startswith("-"), column.output_field, is_unique=is_unique)

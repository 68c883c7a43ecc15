"""Queries compiled once a process and asked again with other values.

Building a union of twenty querysets and compiling it costs many times what PostgreSQL takes to answer it. So what
changes from one asking to the next is written as `Given("user_id", ...)`, the text is kept, and `Text.rows` fills the
values in.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, ForeignObject, Lookup, QuerySet


class FrozenLiteralError(Exception):
    """A query that was to be kept holds a day, a moment or a number that belongs to one asking alone."""


class Given(Expression):
    """A value that comes when the query is asked; the compiled text has a mark in its place."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup):
    """`office_id__among=ids`: like `in`, but the text is the same however many ids there are.

    `ids` are a collection, a subquery, or an array that is `Given`.
    """

    lookup_name = "among"

    def get_prep_lookup(self) -> Any:
        return self.rhs if hasattr(self.rhs, "resolve_expression") else list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if self.rhs == []:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        ids, more = self.process_rhs(compiler, connection)
        return f"{column} = ANY({ids})" if ids[0] != "(" else f"{column} = ANY{ids}", [*params, *more]


@dataclass(frozen=True)
class Text:
    """SQL, and its parameters: constants, and `Given` where a value comes later."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def of(cls, queryset: QuerySet) -> "Text":
        """The query's text, which can be kept: nothing in it belongs to one asking."""
        sql, params = queryset.query.get_compiler(connection=connection).as_sql()
        refuse_literals(params)
        return cls(sql, tuple(params))

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Ask with these values."""
        params = [values[param.name] if isinstance(param, Given) else param for param in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return cursor.fetchall()


def refuse_literals(params: Sequence[Any]) -> None:
    """A kept text with today's date in it would be wrong tomorrow, and one with somebody's id shows their rows.

    Words, lengths of time, 0 and 1 (which Django writes into every EXISTS) are the same for everybody.
    """
    for param in params:
        if param is not None and not isinstance(param, str | dt.timedelta | Given) and param not in (0, 1):
            raise FrozenLiteralError(f"{param!r} must come from the scope: write it as Given")

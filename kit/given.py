"""Queries compiled once a process and asked again with other values.

Building a union of twenty querysets and compiling it costs many times what PostgreSQL takes to answer it. So what
changes from one asking to the next is written as `Given("user_id", ...)`, the text is kept, and `Text.rows` fills the
values in. PostgreSQL keeps its plan too, which costs it more than the answer: each connection prepares the text when it
is first asked. Behind a pool that changes connections between transactions nothing can be prepared; Django's own switch
for that, `DISABLE_SERVER_SIDE_CURSORS`, is ours as well.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connection
from django.db.models import Expression, Field, ForeignObject, Lookup, QuerySet
from django.db.models.query import get_related_populators
from psycopg2.extensions import AsIs

# What each open connection of this process has prepared, by name.
PREPARED: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


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
    # A plan that is kept takes a connection some 2 MB: only what most people ask for is worth it.
    is_prepared: bool = True

    @classmethod
    def of(cls, queryset: QuerySet, *, is_prepared: bool = True) -> "Text":
        """The query's text, which can be kept: nothing in it belongs to one asking."""
        sql, params = queryset.query.get_compiler(connection=connection).as_sql()
        refuse_literals(params)
        return cls(sql, tuple(params), is_prepared)

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Ask with these values."""
        with connection.cursor() as cursor:
            if self.is_prepared and not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
                self.ask(cursor, [values[given.name] for given in self.given])
            else:
                cursor.execute(self.sql, self.filled(values))
            return cursor.fetchall()

    def ask(self, cursor: Any, values: list[Any]) -> None:
        """Ask by what is prepared. A release that gave a column another type since is no fault of whoever asks."""
        self.prepare()
        try:
            cursor.execute(self.asking, values)
        except NotSupportedError:
            if connection.in_atomic_block:  # nothing more can be asked in it
                raise
            cursor.execute(f"DEALLOCATE {self.name}")
            PREPARED[connection.connection].discard(self.name)
            self.prepare()
            cursor.execute(self.asking, values)

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[param.name] if isinstance(param, Given) else param for param in self.params]

    def prepare(self) -> None:
        """Have PostgreSQL keep the text, once a connection. What is prepared outlives a transaction that is undone."""
        prepared = PREPARED.setdefault(connection.connection, set())
        if self.name in prepared:
            return
        types = ", ".join(str(given.output_field.db_type(connection)) for given in self.given)
        marks = (AsIs(f"${number}") for number in range(1, len(self.given) + 1))
        params = [next(marks) if isinstance(param, Given) else param for param in self.params]
        # It is no question of the page's own: neither counted nor logged with them.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"PREPARE {self.name}{f' ({types})' if types else ''} AS {self.sql}", params)
        prepared.add(self.name)

    @cached_property
    def given(self) -> list[Given]:
        return [param for param in self.params if isinstance(param, Given)]

    @cached_property
    def name(self) -> str:
        fixed = [param.name if isinstance(param, Given) else repr(param) for param in self.params]
        return f"kept_{sha256(repr((self.sql, fixed)).encode()).hexdigest()[:24]}"

    @cached_property
    def asking(self) -> str:
        marks = ", ".join(["%s"] * len(self.given))
        return f"EXECUTE {self.name}" + (f" ({marks})" if marks else "")


class Kept:
    """A query compiled once a process whose rows come as objects, with what the queryset selects along with them.

    Django compiles a small query anew at each asking, which costs many times what PostgreSQL takes to answer it: a page
    that asks thirty of them spends most of its time there.
    """

    def __init__(self, queryset: QuerySet) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        refuse_literals(params)
        self.text, self.compiler, self.model = Text(sql, tuple(params)), compiler, queryset.model
        fields = compiler.klass_info["select_fields"]
        self.columns = slice(fields[0], fields[-1] + 1)
        self.names = [selected.target.attname for selected, *_more in compiler.select[self.columns]]
        self.converters = compiler.get_converters(selected for selected, *_more in compiler.select)
        self.related = get_related_populators(compiler.klass_info, compiler.select, connection.alias)

    def ask(self, values: Mapping[str, Any], **known: Any) -> list[Any]:
        """The objects for these values; `known` are records that each of them leads to, such as their case."""
        found = []
        for row in self.compiler.apply_converters(self.text.rows(values), self.converters):
            one = self.model.from_db(connection.alias, self.names, row[self.columns])
            for related in self.related:
                related.populate(row, one)
            for name, place in self.compiler.annotation_col_map.items():
                setattr(one, name, row[place])
            for name, record in known.items():
                setattr(one, name, record)
            found.append(one)
        return found


@cache
def kept(build: Callable[[], QuerySet]) -> Kept:
    """What `build` says, compiled when it is first asked for."""
    return Kept(build())


def refuse_literals(params: Sequence[Any]) -> None:
    """A kept text with today's date in it would be wrong tomorrow, and one with somebody's id shows their rows.

    Words, lengths of time, 0 and 1 (which Django writes into every EXISTS) are the same for everybody.
    """
    for param in params:
        if param is not None and not isinstance(param, str | dt.timedelta | Given) and param not in (0, 1):
            raise FrozenLiteralError(f"{param!r} must come from the scope: write it as Given")

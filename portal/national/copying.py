"""Copy every life so many times, one statement a table: ids go up, and with them whatever points to them.

Copy `k` of row `id` is `last + (id - 1) * copies + k`, where `last` is the greatest id of the table before. So the
copies of one moment stand together, as on a day when many came, and nothing needs a table of who became whom.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.db import connection
from django.db.models import Field

from accounts.models import User
from casework.models import Answer, Grievance, Meeting
from enterprises.models import Document, Enterprise, Person
from journal.models import Event
from loans.models import Application, LedgerEntry, Loan
from messaging.models import Message
from portal.national.lives import POINTS_BACK, Table, tables, written
from training.models import Certificate

# Ids that are written without a foreign key: the column of each, and the table of the row that it means.
BARE_IDS: dict[str, Table] = {
    "closing_event_id": Event,
    "answering_event_id": Event,
    "event_id": Event,
    "enterprise_id": Enterprise,
    "person_id": Person,
    "by_id": User,
}
IDS_IN_DATA: dict[str, Table] = {"application": Application, "loan": Loan, "certificate": Certificate}
# Nobody is in two places at once: only the first of an advisor's copies has the appointments.
HELD_ONCE = Meeting._meta.label_lower
# What the database lets nobody add to a check that is finished.
GUARDED: tuple[Table, ...] = (Answer,)
# Sixteen of the letters that a certificate's code is made of.
LETTERS = "GHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Copies:
    """So many copies of each life; `of_one` of them have the same advisors, the first ones those of the sample."""

    number: int
    of_one: int
    advisors: tuple[int, ...]

    @cached_property
    def lives(self) -> list[Table]:
        return tables()

    @cached_property
    def last(self) -> dict[Table, int]:
        return {model: greatest(model._meta.db_table) for model in (*self.lives, User)}

    @property
    def teams(self) -> int:
        """How many more advisors there are for each of the sample."""
        return self.number // self.of_one

    def advisor(self, user: int, team: int) -> int:
        """The id of who stands in another team where this advisor stands."""
        return self.last[User] + (user - 1) * self.teams + team

    def write(self, say: Callable[[str], None]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            look_later(cursor)
            for model in self.lives:
                if self.last[model]:
                    self.copy(cursor, model)
                    say(f"{model._meta.verbose_name_plural}: {cursor.rowcount:,}")
            count_on(cursor, self.lives)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def copy(self, cursor, model: Table) -> None:
        table = quoted(model._meta.db_table)
        fields = written(model)
        columns = ", ".join(quoted(field.column) for field in fields)
        values = ", ".join(self.value(model, field) for field in fields)
        guarded = model in GUARDED
        if guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t "  # noqa: S608 - our own names alone
            f"CROSS JOIN generate_series(1, {self.number}) k {joined(model)}"
            f"WHERE t.id <= {self.last[model]}{self.only(model)} ORDER BY t.id, k"
        )
        if guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def only(self, model: Table) -> str:
        begins_a_team = f"k % {self.of_one} = 0"
        if model is Meeting:
            return f" AND {begins_a_team}"
        if model in {Event, Message}:
            return f" AND (t.target_label <> '{HELD_ONCE}' OR {begins_a_team})"
        return ""

    def value(self, model: Table, field: Field) -> str:
        """What stands in this column of a copy."""
        own = f"t.{quoted(field.column)}"
        if rule := OWN_OF_EACH.get((model, field.column)):
            return rule.format(own=own, id=self.shifted(model, "t.id"), last=self.last[model])
        if field.column == "target_id":
            return self.target(own)
        if (model, field.column) == (Event, "data"):
            return self.data()
        meant = model if field.primary_key else field.related_model or BARE_IDS.get(field.column)
        return self.pointer(meant, own)

    def pointer(self, meant: Table | None, own: str) -> str:
        """An id of a row that is copied becomes that of its copy; whatever else stands there stays."""
        if meant is User:
            return self.moved(own)
        return self.shifted(meant, own) if meant in self.last else own

    def shifted(self, model: Table, own: str) -> str:
        return f"{self.last[model]} + ({own} - 1) * {self.number} + k"

    def moved(self, own: str) -> str:
        """An advisor's work is that of another one in another team; everybody else stays who they are."""
        if not self.teams:
            return own
        team = f"k / {self.of_one}"
        advisors = ", ".join(map(str, self.advisors))
        other = f"{self.last[User]} + ({own} - 1) * {self.teams} + {team}"
        return f"CASE WHEN {team} > 0 AND {own} IN ({advisors}) THEN {other} ELSE {own} END"

    def target(self, own: str) -> str:
        cases = " ".join(f"WHEN '{model._meta.label_lower}' THEN {self.shifted(model, own)}" for model in self.lives)
        return f"CASE t.target_label {cases} ELSE {own} END"

    def data(self) -> str:
        """The ids among an event's data."""
        number = "(t.data ->> '{key}')::bigint".format
        said = {key: self.shifted(model, number(key=key)) for key, model in IDS_IN_DATA.items()}
        said["advisor"] = self.moved(number(key="advisor"))
        changed = "".join(
            f" || CASE WHEN t.data ? '{key}' THEN jsonb_build_object('{key}', {new}) ELSE '{{}}' END"
            for key, new in said.items()
        )
        return f"t.data{changed}"


# What is unique has a value of its own in each copy: {id} is the copy's id, {last} the greatest id before.
NUMBERED = r"regexp_replace({own}, '\d+$', ({id})::text)"
OWN_OF_EACH: dict[tuple[Table, str], str] = {
    (Person, "user_id"): "NULL::bigint",
    (Person, "cnic"): "p.cnic",
    (Person, "name"): "p.name",
    (Person, "parent_name"): "p.parent_name",
    (Person, "phone"): "p.phone",
    (Person, "likeness_keys"): "p.likeness_keys",
    (Person, "sound_keys"): "p.sound_keys",
    # The sequence of references began at 1001, and gaps mean nothing.
    (Enterprise, "reference"): r"regexp_replace({own}, '\d+$', (1000000 + {id})::text)",
    (Application, "reference"): NUMBERED,
    (Loan, "reference"): NUMBERED,
    # A slip that corrects another has its number, so both go up alike.
    (LedgerEntry, "book"): "{own} + k",
    (Certificate, "code"): (
        f"regexp_replace(translate(lpad(to_hex({{id}}), 8, '0'), '0123456789abcdef', '{LETTERS}'), '^(....)', '\\1-')"
    ),
    (Grievance, "number"): "1000000 + {id}",
    # Of the code that went with the number.
    (Grievance, "digest"): "''",
    (Document, "name"): "substr(encode(sha256(convert_to({own} || k, 'UTF8')), 'hex'), 1, 40)",
    (Message, "dedup_key"): "encode(sha256(convert_to({own} || k, 'UTF8')), 'hex')",
}


def look_later(cursor) -> None:
    """Let the keys of `POINTS_BACK` wait for what they point to."""
    for label, name in POINTS_BACK:
        model = apps.get_model(label)
        column = model._meta.get_field(name).column
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
        (key,) = (key for key, rule in found.items() if rule["foreign_key"] and rule["columns"] == [column])
        cursor.execute(f"SET CONSTRAINTS {quoted(key)} DEFERRED")


def joined(model: Table) -> str:
    return "JOIN national_people p ON p.of = t.id AND p.copy = k " if model is Person else ""


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def greatest(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {quoted(table)}")  # noqa: S608 - our own names alone
        (found,) = cursor.fetchone()
    return found


def count_on(cursor, models: list[Table]) -> None:
    """Whoever comes next gets the number after the last."""
    for model in models:
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {quoted(table)}",  # noqa: S608 - as above
            [table],
        )
    for sequence, table, column in (
        ("enterprises_reference", "enterprises_enterprise", "reference"),
        ("casework_grievance_number", "casework_grievance", "number"),
    ):
        cursor.execute(
            f"SELECT setval(%s, max(substring({column}::text from '\\d+$')::bigint)) FROM {table}",  # noqa: S608
            [sequence],
        )

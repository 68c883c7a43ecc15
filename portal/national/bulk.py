"""Many rows by one statement a table, held to the same constraints as rows that are written one by one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import NOT_PROVIDED, Model

from portal.national.lives import Table, written

# What the database looks up row by row while rows come; both are put back whole, and then looked at once for all rows.
KEYS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"
INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = %s::regclass AND NOT i.indisunique
"""


@contextmanager
def unhindered(*models: Table) -> Iterator[None]:
    """Foreign keys and indexes of these tables are away while the caller fills them, and then put back and checked.

    For a database that nobody else uses meanwhile: the tables are locked until the transaction ends. Raises the
    database's `IntegrityError` where a row points nowhere.
    """
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        taken = []
        for table in (quote(model._meta.db_table) for model in models):
            cursor.execute(KEYS, [table])
            keys = cursor.fetchall()
            cursor.execute(INDEXES, [table])
            indexes = cursor.fetchall()
            for name, _rule in keys:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {quote(name)}")
            for name, _rule in indexes:
                cursor.execute(f"DROP INDEX {quote(name)}")
            taken.append((table, keys, indexes))
        yield
        for table, keys, indexes in taken:
            for _name, rule in indexes:
                cursor.execute(rule)
            for name, rule in keys:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {quote(name)} {rule}")
            cursor.execute(f"ANALYZE {table}")


def insert(cursor, model: type[Model], values: dict[str, str], source: str) -> int:
    """Insert what `values` say, each a piece of SQL over `source`; all other columns get what the model would give.

    Returns the number of rows.
    """
    columns, pieces, asked = [], [], []
    for field in written(model):
        if field.attname in values:
            pieces.append(values[field.attname])
        elif field.primary_key or field.db_default is not NOT_PROVIDED or (field.null and not field.has_default()):
            continue  # the database gives it, or nothing
        else:
            pieces.append("%s")
            asked.append(field.get_db_prep_save(field.get_default(), connection))
        columns.append(connection.ops.quote_name(field.column))
    table = connection.ops.quote_name(model._meta.db_table)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(pieces)} {source}",
        asked,
    )
    return cursor.rowcount

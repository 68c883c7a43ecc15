"""References that people read out on the telephone: MUL-A-12 is an application, MUL-L-2291 a loan, both of Multan."""

from django.db import connection, models

from places.models import District

APPLICATION, LOAN = "A", "L"


def next_id(model: type[models.Model]) -> int:
    """Draw the id of a row before it is inserted: its reference, and the event about it, are made from it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return cursor.fetchone()[0]


def reference(district: District, letter: str, number: int) -> str:
    """The number is the row's own, so a reference is unique in the whole country."""
    return f"{district.prefix}-{letter}-{number}"

"""References that people read out on the telephone: MUL-A-12 is an application, MUL-L-2291 a loan, both of Multan."""

import re

from django.db import connection, models
from django.utils.translation import gettext as _

from kit.text import UnreadableError, ascii_digits, clean
from places.models import District

APPLICATION, LOAN = "A", "L"
LOAN_NUMBER = re.compile(r"([A-Z]{3})[\W_]*L[\W_]*([0-9]{1,12})")


def next_id(model: type[models.Model]) -> int:
    """Draw the id of a row before it is inserted: its reference, and the event about it, are made from it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return cursor.fetchone()[0]


def reference(district: District, letter: str, number: int) -> str:
    """The number is the row's own, so a reference is unique in the whole country."""
    return f"{district.prefix}-{letter}-{number}"


def parse_loan(text: str) -> str:
    """A loan's number as it is stored, from what somebody read off a slip; `UnreadableError` if it is none."""
    found = LOAN_NUMBER.fullmatch(ascii_digits(clean(text)).upper())
    if not found:
        raise UnreadableError(_("Write the loan number as on the slip, such as MUL-L-12."))
    return "{}-L-{}".format(*found.groups())

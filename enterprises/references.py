"""References such as MUL-4827: the letters of the district, and a number that is never given twice."""

import re

from django.db import connection

from kit.text import ascii_digits, clean
from places.models import District

SHAPE = re.compile(r"([A-Z]{3})[\W_]*([0-9]{1,12})")


def next_reference(district: District) -> str:
    """A reference that nobody has. One sequence numbers the whole country: nobody waits, and gaps mean nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('enterprises_reference')")
        (number,) = cursor.fetchone()
    return f"{district.prefix}-{number}"


def parse(text: str) -> str:
    """The reference as it is stored, from what somebody read off a scrap of paper; "" if it is none."""
    found = SHAPE.fullmatch(ascii_digits(clean(text)).upper())
    return "{}-{}".format(*found.groups()) if found else ""

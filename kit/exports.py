"""Spreadsheets that people download. A cell that a spreadsheet program would run as a formula is made plain text."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import StringIO
from numbers import Number

BREAKS = ("\t", "\r", "\n")
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # the wide ones count in some languages of Excel
BOM = "\ufeff"  # without it Excel reads UTF-8 as something else, and Urdu as noise


def safe_cell(value: object) -> object:
    """Return `value` as a spreadsheet may have it: numbers as they are, text that begins a formula behind a quote."""
    if value is None or isinstance(value, (Number, date)):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(BREAKS) or text.lstrip().startswith(FORMULA_STARTS) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a CSV file line by line, for a response or a file that should not stand in memory whole."""
    yield BOM
    buffer = StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def write_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return a whole CSV file that Excel opens rightly."""
    return "".join(csv_lines(rows)).encode()

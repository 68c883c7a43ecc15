"""Spreadsheets that people download. A cell that a spreadsheet program would run as a formula is made plain text."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO, StringIO
from itertools import chain, islice
from numbers import Number
from typing import Any

from django.db import OperationalError, connection
from django.db.models import QuerySet

BREAKS = ("\t", "\r", "\n")
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # the wide ones count in some languages of Excel
# A question that takes longer than this is asked wrongly, or of too many rows: better an error than a busy database.
SECONDS_TO_FIND = 20
BOM = "\ufeff"  # without it Excel reads UTF-8 as something else, and Urdu as noise


def safe_cell(value: object) -> object:
    """Return `value` as a spreadsheet may have it: numbers as they are, text that begins a formula behind a quote."""
    if value is None or isinstance(value, (Number, date)):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(BREAKS) or text.lstrip().startswith(FORMULA_STARTS) else text


def found(rows: QuerySet, *, seconds: float = SECONDS_TO_FIND) -> Iterator[Any]:
    """Find the rows at once, and hand them out few at a time from a cursor of the server: none stands in memory whole.

    Raises `OperationalError` when they are not found in so many seconds, before anything was answered. The cursor
    holds its rows without a transaction, so that whoever downloads slowly holds nothing else up.
    """
    cursor = rows.iterator()
    limit("SELECT set_config('statement_timeout', %s, false)", [str(int(seconds * 1000))])
    try:
        first = list(islice(cursor, 1))
    except OperationalError:
        if not connection.in_atomic_block:  # what fails takes its settings back itself
            limit("RESET statement_timeout")
        raise
    limit("RESET statement_timeout")
    return chain(first, cursor)


def limit(sql: str, values: Sequence[str] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


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


@dataclass(frozen=True)
class Column:
    """A column of an XLSX file: `hint` is shown beside a chosen cell, `choices` are offered there.

    `is_text` keeps a spreadsheet program from taking long digits for a number and rounding them.
    """

    heading: str
    hint: str = ""
    choices: Sequence[str] = ()
    is_text: bool = False
    width: int = 18


@dataclass(frozen=True)
class Page:
    """One sheet of an XLSX file: its heads stand bold and stay in sight."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]] = field(default_factory=list)
    is_open: bool = False  # to be written in: hints and choices reach below the rows


# How far down hints and choices reach, what Excel takes of them, and where a list of choices must stand in cells.
OPEN_ROWS, LONGEST_TITLE, LONGEST_HINT, LONGEST_CHOICES = 2000, 32, 255, 255


def write_xlsx(pages: Sequence[Page], *, is_rtl: bool = False) -> bytes:
    """Return a workbook of these pages. Every text is written as text, whatever it looks like."""
    import xlsxwriter

    written = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as book:
        formats = {"head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"})}
        formats |= {"text": book.add_format({"num_format": "@"}), "plain": book.add_format()}
        for page in pages:
            sheet = book.add_worksheet(page.title[:31])
            sheet.freeze_panes(1, 0)
            if is_rtl:
                sheet.right_to_left()
            fill(sheet, page, formats)
    return written.getvalue()


def fill(sheet: Any, page: Page, formats: dict[str, Any]) -> None:
    for place, column in enumerate(page.columns):
        sheet.set_column(place, place, column.width, formats["text" if column.is_text else "plain"])
        sheet.write_string(0, place, str(safe_cell(column.heading)), formats["head"])
        if page.is_open and (column.hint or column.choices):
            sheet.data_validation(1, place, OPEN_ROWS, place, validation_of(column))
    for number, row in enumerate(page.rows, start=1):
        for place, value in enumerate(row):
            said = safe_cell(value)
            if isinstance(said, Number):
                sheet.write_number(number, place, said)
            elif said not in (None, ""):
                sheet.write_string(number, place, str(said))


def validation_of(column: Column) -> dict[str, Any]:
    """The hint, and the choices where they are short enough to stand beside it; others may still be written."""
    shown = {"input_title": column.heading[:LONGEST_TITLE], "input_message": column.hint[:LONGEST_HINT]}
    choices = [choice for choice in column.choices if "," not in choice]
    if not choices or len(",".join(choices)) > LONGEST_CHOICES:
        return {"validate": "any"} | shown
    return {"validate": "list", "source": choices, "show_error": False} | shown

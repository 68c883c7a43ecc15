"""Lists that people send as a spreadsheet: read as plain text, and nothing in them is run.

XLSX and XLS are read by calamine, which evaluates no formula (of one it takes what the spreadsheet showed when it was
saved), runs no macro and expands no entity; CSV is read as Excel writes it in Pakistan: UTF-8, UTF-16 or Windows-1256,
with commas, semicolons or tabs. `apart` does it in a process of its own with little memory, so that whatever a file
does to its reader, the portal goes on. Like `washing`, this file imports nothing of ours: it is that process's program.
"""

import codecs
import csv
import datetime as dt
import io
import json
import os
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any

MOST_BYTES = 10 * 1024**2
MOST_UNPACKED = 64 * 1024**2  # what an XLSX may hold in all; two thousand people hold two megabytes
MOST_PARTS = 500
MOST_ROWS, MOST_COLUMNS = 2100, 100
LONGEST_CELL = 1000  # longer than anything that a form takes
MOST_CHARACTERS = 4_000_000  # one text may stand in a hundred thousand cells of a small file
MEMORY, SECONDS = 512 * 1024**2, 20
CHUNK = 1024**2
# Two machines' worth: whoever waits, waits for a second.
AT_ONCE = BoundedSemaphore(2)
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
MACROS_IN_XLS = "_VBA_PROJECT".encode("utf-16-le")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Excel's own code page for Urdu and Arabic; it has a letter for each byte, so it comes last.
LAST_RESORT = "cp1256"
DELIMITERS = ",;\t|"
SEPARATOR_LINE = re.compile(r"\A\s*\"?sep=(.)\"?\r?\n", re.IGNORECASE)
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
MARKUP = re.compile(r"\A\s*<(?:!doctype|html|\?xml|table|svg|script)", re.IGNORECASE)
LOOKED_AT = 20  # lines from which the separator is told


class NoTable(Exception):
    """It cannot be read as a list.

    `code` says why: empty, unknown, damaged, heavy, macros, locked, too_many_rows, too_many_columns.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Row:
    """`number` is the row's in the spreadsheet; `merged` are the places of cells that are joined with others."""

    number: int
    cells: list[str]
    merged: list[int] = field(default_factory=list)


def read(content: bytes) -> list[Row]:
    """The rows that hold anything, each cell as its text; in this process, see `apart`. Raises `NoTable`."""
    if not content.strip():
        raise NoTable("empty")
    rows = rows_of_workbook(content) if content.startswith((ZIP, OLE)) else rows_of_text(content)
    found, left = [], MOST_CHARACTERS
    for row in rows:
        if len(row.cells) > MOST_COLUMNS:
            raise NoTable("too_many_columns")
        if not any(row.cells):
            continue
        if len(found) >= MOST_ROWS:
            raise NoTable("too_many_rows")
        left -= sum(map(len, row.cells))
        if left < 0:
            raise NoTable("heavy")
        found.append(row)
    if not found:
        raise NoTable("empty")
    return found


def trimmed(cells: Iterable[str]) -> list[str]:
    """Without the empty cells at the end; a cell that is longer than any answer keeps its beginning."""
    kept = [cell[: LONGEST_CELL + 1] for cell in cells]
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


# Workbooks


def rows_of_workbook(content: bytes) -> Iterator[Row]:
    import python_calamine as calamine

    if content.startswith(ZIP):
        look_inside_zip(content)
    else:
        look_inside_ole(content)
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            # The first one that is seen: hidden sheets hold the choices of a list.
            sheets = (sheet for sheet in book.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible)
            name = next(sheet.name for sheet in sheets)
            yield from rows_of_sheet(book.get_sheet_by_name(name))
    except NoTable:
        raise
    except calamine.PasswordError as error:
        raise NoTable("locked") from error
    except Exception as error:  # readers of damaged bytes raise whatever they meet
        raise NoTable("damaged") from error


def rows_of_sheet(sheet: Any) -> Iterator[Row]:
    if sheet.start is None:
        return
    top, left = sheet.start
    if sheet.end[1] - left >= MOST_COLUMNS:
        raise NoTable("too_many_columns")
    joined: dict[int, set[int]] = {}
    for (first, begin), (last, end) in sheet.merged_cell_ranges or ():
        for number in range(max(first, top), min(last, sheet.end[0]) + 1):
            joined.setdefault(number, set()).update(range(begin, min(end, sheet.end[1]) + 1))
    for number, values in enumerate(sheet.iter_rows()):
        cells = trimmed([""] * left + [text_of(value) for value in values])
        yield Row(number + 1, cells, sorted(joined.get(number, ())))


def text_of(value: Any) -> str:
    """A cell as its text: whole numbers without a point, days as 1988-05-12."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)


def look_inside_zip(content: bytes) -> None:
    """Refuse what carries macros, is no XLSX, or unfolds to more than a list takes: each part is unpacked and counted.

    A part that says that it is smaller than it is ends where it says, and its checksum betrays it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            look_at_parts(packed)
    except NoTable:
        raise
    except Exception as error:
        raise NoTable("damaged") from error


def look_at_parts(packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    if len(parts) > MOST_PARTS:
        raise NoTable("heavy")
    names = {part.filename.casefold() for part in parts}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise NoTable("macros")
    if "xl/workbook.xml" not in names:
        raise NoTable("unknown")
    left = MOST_UNPACKED
    for part in parts:
        left = unpacked(packed, part, left=left)


def unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, *, left: int) -> int:
    """How much room is left after this part."""
    if part.flag_bits & 1:
        raise NoTable("locked")
    with packed.open(part) as file:
        is_first = True
        while chunk := file.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise NoTable("heavy")
            if is_first:
                refuse_entities(part.filename, chunk)
                is_first = False
    return left


def refuse_entities(name: str, chunk: bytes) -> None:
    """No spreadsheet declares entities of its own; what does wants to be unfolded a billion times."""
    head = chunk.replace(b"\0", b"").upper()
    if name.casefold().endswith((".xml", ".rels")) and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
        raise NoTable("damaged")
    if b"MACROENABLED" in head and name.casefold() == "[content_types].xml":
        raise NoTable("macros")


def look_inside_ole(content: bytes) -> None:
    """An XLS of before 2007, or an XLSX with a password: both come in this wrapping."""
    if ENCRYPTED in content:
        raise NoTable("locked")
    if MACROS_IN_XLS in content:
        raise NoTable("macros")


# Text


def rows_of_text(content: bytes) -> Iterator[Row]:
    text = decoded(content)
    if NO_TEXT.search(text) or MARKUP.match(text) or content.startswith(b"%PDF-"):
        raise NoTable("unknown")
    delimiter = ""
    if said := SEPARATOR_LINE.match(text):
        delimiter, text = said.group(1), text[said.end() :]
    delimiter = delimiter or delimiter_of(text)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            yield Row(number, trimmed(cells))
    except csv.Error as error:
        raise NoTable("damaged") from error


def decoded(content: bytes) -> str:
    """The text, in whichever of Excel's encodings it was saved."""
    try:
        for bom, name in BOMS:
            if content.startswith(bom):
                return content.decode(name)
    except UnicodeDecodeError as error:
        raise NoTable("damaged") from error
    if zeros := content[:2000].count(0):
        is_big = content[:2000:2].count(0) > zeros / 2
        return content.decode("utf-16-be" if is_big else "utf-16-le", errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode(LAST_RESORT, errors="replace")


def delimiter_of(text: str) -> str:
    """Whichever parts the first lines into most cells."""
    lines = "\n".join(text[: 20 * LONGEST_CELL].splitlines()[:LOOKED_AT])

    def widest(delimiter: str) -> int:
        return max((len(cells) for cells in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter)), default=0)

    return max(DELIMITERS, key=widest)


# A process of its own


def apart(content: bytes) -> list[Row]:
    """`read` in a process of its own, with bounds on its memory and time. Raises `NoTable`."""
    environment = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    try:
        with AT_ONCE:
            done = subprocess.run(  # noqa: S603 - our own words; the file comes by the standard input
                [sys.executable, "-I", __file__],
                input=content, capture_output=True, timeout=SECONDS * 2, env=environment, check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NoTable("heavy") from error
    if done.returncode or not done.stdout:
        raise NoTable("heavy")  # it asked for more memory or time than a list takes
    said = json.loads(done.stdout)
    if "code" in said:
        raise NoTable(said["code"])
    return [Row(*row) for row in said["rows"]]


def limit() -> None:
    """No more memory and time than a list takes; no file, and no core."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    limit()
    said: dict[str, Any]
    try:
        rows = read(sys.stdin.buffer.read(MOST_BYTES + 1))
    except NoTable as refusal:
        said = {"code": refusal.code}
    else:
        said = {"rows": [[row.number, row.cells, row.merged] for row in rows]}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()

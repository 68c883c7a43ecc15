"""Lists as people send them: what Excel makes of them, and what somebody makes to break the reader."""

import csv
import io
import resource
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import sheets
from kit.sheets import NoTable, Row, apart, read
from tests.kit.books import book, with_parts

HEADS = ["نام", "CNIC"]
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def code_of(content, act=read):
    with pytest.raises(NoTable) as refused:
        act(content)
    return refused.value.code


def cells(content):
    return [row.cells for row in read(content)]


def test_cells_become_text():
    """A long number keeps its digits, a day is a day, a formula is what was seen, a tick is a word."""

    def fill(made, sheet):
        sheet.write_datetime(1, 2, date(1988, 5, 12), made.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_formula(1, 3, "=1+1", None, 2)
        sheet.write_boolean(1, 4, True)
        sheet.write_boolean(1, 5, False)

    found = read(book(["Name"], ["Ali", 3520212345671], fill=fill))

    assert found == [Row(1, ["Name"]), Row(2, ["Ali", "3520212345671", "1988-05-12", "2", "yes", "no"])]


def test_a_table_that_begins_further_down_keeps_its_numbers():
    """The row numbers are those that its writer sees; columns left of it count."""

    def fill(_made, sheet):
        sheet.write_row(4, 2, ["Name", "Part", 0.5])
        sheet.write_row(6, 2, ["Ali"])

    assert read(book(fill=fill)) == [Row(5, ["", "", "Name", "Part", "0.5"]), Row(7, ["", "", "Ali"])]


def test_joined_cells_are_told():
    def fill(made, sheet):
        sheet.merge_range(1, 1, 2, 1, "Multan")

    found = read(book(["Name", "District"], ["Ali"], ["Bano"], ["Chand", "Lahore"], fill=fill))

    assert [(row.number, row.merged) for row in found] == [(1, []), (2, [1]), (3, [1]), (4, [])]


def test_the_first_sheet_that_is_seen_counts():
    def fill(made, sheet):
        sheet.write_row(0, 0, ["hidden"])
        made.add_worksheet("Seen").write_row(0, 0, ["seen"])
        made.get_worksheet_by_name("Seen").activate()
        sheet.hide()

    assert cells(book(fill=fill)) == [["seen"]]


@pytest.mark.parametrize(
    "content",
    [
        "نام;CNIC\nسلمیٰ;1".encode(),
        "\ufeffنام;CNIC\r\nسلمیٰ;1\r\n".encode(),
        "نام\tCNIC\nسلمیٰ\t1".encode("utf-16"),
        "نام\tCNIC\nسلمیٰ\t1".encode("utf-16-le"),
        "نام\tCNIC\nسلمیٰ\t1".encode("utf-16-be"),
        'sep=|\nنام|CNIC\n"سلمیٰ"|1'.encode(),
    ],
    ids=["semicolons", "mark", "utf-16", "utf-16-le", "utf-16-be", "sep"],
)
def test_text_in_every_form_that_excel_saves(content):
    assert cells(content) == [HEADS, ["سلمیٰ", "1"]]


def test_the_code_page_of_windows_is_read():
    """Excel's plain CSV in Pakistan: Windows-1256, where yeh and kaf are the Arabic ones."""
    assert cells("نام,CNIC\nعلي,1".encode("cp1256")) == [HEADS, ["علي", "1"]]


def test_empty_rows_count_and_are_left_out():
    assert [row.number for row in read(b"a,b\n\n,,\n1,2\n")] == [1, 4]


def test_a_line_break_in_a_cell_is_no_new_row():
    assert read(b'a,b\n"x\ny",2\n3,4') == [Row(1, ["a", "b"]), Row(2, ["x\ny", "2"]), Row(3, ["3", "4"])]


def test_a_cell_as_long_as_a_book_is_cut():
    assert [len(cell) for cell in cells(b"a," + b"x" * 50_000)[0]] == [1, sheets.LONGEST_CELL + 1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b",,,\n,", "empty"),
        (book(), "empty"),
        (b"%PDF-1.7 x", "unknown"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "unknown"),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "unknown"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04", "unknown"),
        (b"PK\x03\x04 broken", "damaged"),
        (OLE + b"\0" * 600, "damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), "macros"),
        ("a,b".encode("utf-16") + b"\xd8", "damaged"),
        (b"a,b\n" * 3000, "too_many_rows"),
        (b"a," * 120, "too_many_columns"),
        (b'a,"' + b"x" * 200_000, "damaged"),
        (book(["x"], extra={"xl/vbaProject.bin": b"macro"}), "macros"),
        (book(["x"], extra={"[Content_Types].xml": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"}), "macros"),
        (book(["x"], extra={"xl/sharedStrings.xml": LAUGHS}), "damaged"),
        (book(["x"], extra={"xl/sharedStrings.xml": LAUGHS.encode("utf-16")}), "damaged"),
        (book(["x"], extra={"xl/workbook.xml": b"<workbook/>"}), "damaged"),
        (book(["x"], extra={"xl/bomb.xml": b" " * (sheets.MOST_UNPACKED + 1)}), "heavy"),
        (book(*[["x" * 1000] * 90] * 60), "heavy"),
        (book(["x"], extra={f"xl/{number}": b"" for number in range(600)}), "heavy"),
        (book(fill=lambda _made, sheet: sheet.write(0, 0, "a") or sheet.write(0, 16_383, "z")), "too_many_columns"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(content, code):
    """Zip bombs, macros, a billion laughs, pictures, programs and pages called CSV: each with a sentence of its own."""
    assert code_of(content) == code


def test_another_package_called_xlsx_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    assert code_of(written.getvalue()) == "unknown"


def test_a_part_that_lies_about_its_size_is_damaged():
    """The checksum betrays it, so that no more is unpacked than was counted."""
    content = bytearray(book(["x"], extra={"xl/bomb.xml": b" " * 100_000}))
    true, told = (100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")

    assert code_of(bytes(content).replace(true, told)) == "damaged"


def test_an_encrypted_part_is_locked():
    content = book(["x"])
    place = content.rindex(b"PK\x01\x02")
    flags = bytearray(content)
    flags[place + 8] |= 1

    assert code_of(bytes(flags)) == "locked"


def test_a_password_is_asked_for_nowhere(monkeypatch):
    import python_calamine

    def locked(_file):
        raise python_calamine.PasswordError("password")

    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", locked)

    assert code_of(book(["x"])) == "locked"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_list_or_a_refusal(content):
    try:
        said = {any(row.cells) for row in read(content)}
    except NoTable as refusal:
        said = {refusal.code}

    assert said <= {True, "empty", "unknown", "damaged", "too_many_rows", "too_many_columns"}


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["C"]), max_size=20), min_size=2, max_size=5)))
def test_what_a_spreadsheet_writes_is_read_back(rows):
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["name", "cnic", "sex", "phone", "district"], *rows])

    found = [row.cells for row in sheets.rows_of_text(written.getvalue().encode())]

    assert found[1:] == [sheets.trimmed(row) for row in rows]


# A process of its own


def test_apart_reads_the_same():
    content = book(HEADS, ["سلمیٰ", 3520212345671])

    assert apart(content) == read(content)
    assert code_of(b"%PDF-", apart) == "unknown"


def test_a_sheet_that_is_laid_out_over_many_rows_ends_its_process_alone():
    """Two cells far apart make the reader ask for gigabytes: its process may not have them, and ours sees none."""
    content = book(fill=lambda _made, sheet: sheet.write(0, 0, "a") or sheet.write(300_000, 90, "z"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert code_of(content, apart) == "heavy"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


@pytest.mark.xfail(strict=True, reason="the control: without the limit it gets them", raises=AssertionError)
def test_a_sheet_that_is_laid_out_ends_its_process_control(monkeypatch, tmp_path):
    program = tmp_path / "sheets.py"
    program.write_text(Path(sheets.__file__).read_text().replace("    limit()\n", ""))
    monkeypatch.setattr(sheets, "__file__", str(program))
    monkeypatch.setattr(sheets, "SECONDS", 300)  # memory alone is what is left out here
    content = book(fill=lambda _made, sheet: sheet.write(0, 0, "a") or sheet.write(300_000, 90, "z"))

    try:
        rows = apart(content)
    except NoTable as refusal:
        rows = refusal.code
    assert rows == "heavy"


def test_who_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(sheets, "SECONDS", 0)

    assert code_of(book(["x"]), apart) == "heavy"


def test_the_program_answers_on_its_own(monkeypatch, capsys):
    monkeypatch.setattr(sheets, "limit", lambda: None)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a,b")))
    sheets.main()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    sheets.main()

    assert capsys.readouterr().out == '{"rows": [[1, ["a", "b"], []]]}{"code": "empty"}'


def test_parts_can_be_put_in_place():
    assert cells(with_parts(book(["x"]), {"docProps/more.xml": b"<a/>"})) == [["x"]]

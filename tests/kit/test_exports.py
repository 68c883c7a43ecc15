import csv
from datetime import date
from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.models import Func, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kit.exports import Column, Page, csv_lines, found, safe_cell, validation_of, write_csv, write_xlsx
from kit.sheets import read
from places.models import District


@pytest.mark.parametrize(
    "dangerous",
    [
        "=1+1",
        "+923001234567",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\nx",
        "  =1+1",
        "\u00a0=1",
        "＝1+1",
        '=HYPERLINK("http://example.com")',
    ],
)
def test_text_that_begins_a_formula_stays_text(dangerous):
    assert safe_cell(dangerous) == f"'{dangerous}"


@pytest.mark.parametrize("value", [-5, 0, 4000, -1.5, Decimal("-2.50"), True, None, date(2026, 11, 24)])
def test_numbers_and_days_stay_what_they_are(value):
    assert safe_cell(value) is value


@pytest.mark.parametrize("text", ["", "ملتان", "a=b", "0300-1234567", "MUL-4827"])
def test_plain_text_stays_as_it_is(text):
    assert safe_cell(text) == text


def test_lazy_text_is_written_out():
    assert safe_cell(gettext_lazy("=x")) == "'=x"


def test_write_csv_gives_the_whole_file():
    rows = iter([["ضلع", "loans"], ["ملتان", -3], ["=cmd", None], ["a,b", 'say "hi"']])

    assert write_csv(rows).decode() == '\ufeffضلع,loans\r\nملتان,-3\r\n\'=cmd,\r\n"a,b","say ""hi"""\r\n'


def test_csv_lines_asks_for_one_row_at_a_time():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    lines = csv_lines(rows())

    assert [next(lines), next(lines), asked] == ["\ufeff", "0\r\n", [0]]
    assert list(lines) == ["1\r\n", "2\r\n"]


def timeout():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_rows_are_found_at_once_and_come_from_a_cursor_of_the_server(monkeypatch):
    opened, open_one = [], connection.chunked_cursor
    monkeypatch.setattr(connection, "chunked_cursor", lambda: opened.append(open_one()) or opened[-1])
    districts = District.objects.order_by("code")

    rows = found(districts)

    assert (len(opened), bool(opened[0].name), timeout()) == (1, True, "0")
    assert list(rows) == list(districts)


def slow(seconds):
    """A question that takes a fifth of a second, with so many to be answered."""
    pause = Cast(Func(Value(0.2), function="pg_sleep", output_field=TextField()), TextField())
    asked = District.objects.filter(code="multan").annotate(slept=pause).order_by("slept")
    return list(found(asked.values_list("code", flat=True), seconds=seconds))


@pytest.mark.django_db
def test_what_takes_too_long_to_find_is_given_up():
    with pytest.raises(OperationalError, match="statement timeout"):
        slow(0.05)


@pytest.mark.django_db
def test_with_time_enough_it_is_found():
    """The failing control of the test above."""
    assert slow(5) == ["multan"]


@pytest.mark.parametrize("in_atomic_block", [True, False])
def test_a_connection_goes_on_without_the_limit(in_atomic_block, monkeypatch):
    """Where a transaction failed, nothing more can be said in it; it takes the limit back by itself."""

    class Rows:
        @staticmethod
        def iterator():
            raise OperationalError
            yield

    said = []
    monkeypatch.setattr("kit.exports.limit", lambda sql, values=None: said.append(sql.split()[0]))
    monkeypatch.setattr("kit.exports.connection", SimpleNamespace(in_atomic_block=in_atomic_block))

    with pytest.raises(OperationalError):
        found(Rows())

    assert said == (["SELECT"] if in_atomic_block else ["SELECT", "RESET"])


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), min_size=1))
def test_no_cell_of_a_file_begins_a_formula(rows):
    text = write_csv(rows).decode().removeprefix("\ufeff")

    cells = [cell for row in csv.reader(StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert len(cells) == sum(map(len, rows))


def test_a_workbook_holds_text_as_text():
    """What looks like a formula, a link or a number stays what it is, in cells of text."""
    columns = [Column("Name"), Column("CNIC", "13 digits", is_text=True), Column("Agrees", "Yes or no", ["Yes", "No"])]
    pages = [Page("People", columns, [["=1+1", "3520212345671", "http://x.example"], [None, 7, ""]], is_open=True)]

    found = read(write_xlsx(pages, is_rtl=True))

    assert [row.cells for row in found] == [
        ["Name", "CNIC", "Agrees"],
        ["'=1+1", "3520212345671", "http://x.example"],
        ["", "7"],
    ]


def test_choices_that_do_not_fit_are_a_hint_alone():
    long = Column("Kind", "From the list", ["x" * 200, "y" * 200])
    commas = Column("Kind", "From the list", ["a, b"])

    assert [validation_of(column)["validate"] for column in (long, commas)] == ["any", "any"]

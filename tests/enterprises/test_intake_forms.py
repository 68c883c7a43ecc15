"""R4: what a list may say, in which words, and what is wrong with it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from enterprises.forms import NO_SUCH_CARD
from enterprises.intake_forms import (
    BY_KEY,
    COLUMNS,
    IntakeForm,
    Reader,
    RowForm,
    YearField,
    column_of,
    said_in_all,
    typed_in,
)
from enterprises.models import Sector
from kit.exports import write_csv
from tests.factories.enterprises import district
from tests.kit.books import book

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Nasreen Bibi",
    "cnic": "36302-4829105-6",
    "sex": "Woman",
    "phone": "0300-0001234",
    "phone_owner": "Own phone",
    "sector": "Tailoring",
    "district": "Multan",
    "contact": "Yes",
}


def reader(*, headings=(), columns=(), codes=("multan",)):
    return Reader(headings=headings, columns=columns, district_ids={district(code).pk for code in codes})


def form_of(merged=(), **typed):
    return RowForm(TYPED | typed, merged=merged, reader=reader())


def errors_of(**typed):
    merged = typed.pop("merged", ())
    with override("en"):
        return {key: [str(said) for said in errors] for key, errors in form_of(merged, **typed).errors.items()}


# Heads


@pytest.mark.parametrize("key", BY_KEY)
def test_each_column_is_known_by_its_head_in_each_language(key):
    assert {column_of(name) for name in said_in_all(BY_KEY[key].label)} == {key}
    assert {column_of(f"  {name} * ") for name in said_in_all(BY_KEY[key].label)} == {key}


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ("NAME", "name"), ("Father's Name", "parent_name"), ("CNIC No.", "cnic"), ("Mobile_No", "phone"),
        ("D.O.B (dd/mm/yyyy)", "birth_year"), ("ضلع", "district"), ("والد کا نام", "parent_name"),
        ("موبائل نمبر", "phone"), ("رابطے کی اجازت", "contact"), ("اجازت ہے؟", "contact"), ("Permission", "contact"),
        ("موبائل کس کا ہے", "phone_owner"), ("فون کس کا ہے؟", "phone_owner"), ("فون کس کا", "phone_owner"),
        ("جنس", "sex"), ("District", "district"), ("Shoe size", ""), ("", ""), ("*", ""),
    ],
)  # fmt: skip
def test_what_people_call_their_columns(head, key):
    assert column_of(head) == key


def sent(content, name="list.csv"):
    return IntakeForm({}, {"file": SimpleUploadedFile(name, content)})


def test_a_list_gives_its_heads_and_rows():
    form = sent(
        write_csv([["Camp at Multan"], ["Name", "Sex", "Trade", "District", "Shoe"], ["Ali", "m", "", "", "42"]])
    )

    assert form.is_valid()
    assert form.cleaned_data["columns"] == ["name", "sex", "sector", "district", ""]
    assert form.cleaned_data["headings"] == ["Name", "Sex", "Trade", "District", "Shoe"]
    assert [(row.number, row.cells[0]) for row in form.cleaned_data["rows"]] == [(3, "Ali")]


def test_of_two_columns_with_one_name_the_first_counts():
    form = sent(write_csv([["Name", "Name", "Sex", "Trade", "District"], ["Ali"]]))

    assert (form.is_valid(), form.cleaned_data["columns"]) == (True, ["name", "", "sex", "sector", "district"])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["Ali", "36302-4829105-6"]], "The heads of the columns are missing. Put the rows into our template."),
        ([["Name", "CNIC"], ["Ali"]], "These columns are missing: Sex, District"),
        ([["Name", "Sex", "Trade", "District"]], "There is no row below the heads."),
        ([], "This file is empty. Choose another."),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_said_beside_it(rows, said):
    with override("en"):
        assert sent(write_csv(rows)).errors == {"file": [said]}


def test_a_file_with_macros_is_refused_beside_the_field():
    with override("en"):
        errors = sent(book(["x"], extra={"xl/vbaProject.bin": b"x"})).errors

    assert errors == {"file": ["This file carries a program (a macro). Save it as XLSX without macros, and send that."]}


# Rows


def test_a_row_says_what_the_page_would_have_said():
    form = form_of(
        parent_relation="شوہر", parent_name="Muhammad Aslam", birth_year="12/05/1988", started_on="2019",
        what="Uniforms", language="English", business="Nasreen House", place="Shah Rukn-e-Alam", share="no",
    )  # fmt: skip

    assert form.errors == {}
    assert form.facts() == {
        "name": "Nasreen Bibi",
        "sex": "woman",
        "phone": "+923000001234",
        "phone_owner": "self",
        "parent_name": "Muhammad Aslam",
        "parent_relation": "husband",
        "language": "en",
        "birth_year": 1988,
    }
    assert form.facts_of_business() == {
        "stage": "running",
        "sector": Sector.objects.get(code="tailoring"),
        "district": district(),
        "name": "Nasreen House",
        "place": "Shah Rukn-e-Alam",
        "help_wanted": (),
        "what": "Uniforms",
        "started_on": dt.date(2019, 1, 1),
    }
    assert form.consented() == ["contact"]


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("sex", "عورت", "woman"), ("sex", "F", "woman"), ("sex", "MALE", "man"), ("sex", "X", "transgender"),
        ("cnic", "۳۶۳۰۲۴۸۲۹۱۰۵۶", "3630248291056"), ("cnic", "3630248291056", "3630248291056"), ("cnic", "", ""),
        ("phone", "3000001234", "+923000001234"), ("phone", "923000001234", "+923000001234"),
        ("phone", "٠٣٠٠٠٠٠١٢٣٤", "+923000001234"), ("language", "", "ur"), ("language", "اردو", "ur"),
        ("stage", "", "running"), ("stage", "Idea", "idea"), ("contact", "ہاں", True), ("contact", "", False),
        ("contact", "0", False), ("contact", "۱", True), ("sector", "tailoring", "tailoring"),
        ("sector", "سلائی", "tailoring"),
        ("birth_year", "32275", dt.date(1988, 5, 12)), ("birth_year", "1988-05-12", dt.date(1988, 5, 12)),
        ("birth_year", "۱۹۸۸", dt.date(1988, 1, 1)), ("birth_year", "", None), ("place", "'+1 Ali", "+1 Ali"),
    ],
)  # fmt: skip
def test_cells_are_read_as_people_write_them(key, text, value):
    """Urdu digits, a phone without its 0, the number that Excel keeps for a day, yes and no in both languages."""
    form = RowForm(TYPED | typed_in([key], [text]), merged=(), reader=reader())

    assert (dict(form.errors), form.cleaned_data[key]) == ({}, value)


def test_a_district_is_found_by_a_town_in_it_and_nothing_is_guessed():
    assert (errors_of(district="multan city"), errors_of(district="ملتان")) == ({}, {})
    assert list(errors_of(district="Lahore")) == ["district"]
    assert list(errors_of(district="")) == ["district"]


def test_an_idea_runs_since_no_day():
    form = form_of(stage="idea", started_on="2019")

    assert (form.is_valid(), form.facts_of_business()["started_on"]) == (True, None)


SHORTENED = "Excel shortened this number. Make the column text, and type all digits again."
NO_YEAR = "Write the year with four digits, such as 1988, or the day, such as 24/11/1988."


def test_a_row_without_a_kind_of_work_is_registered_all_the_same():
    form = form_of(sector="")

    assert (form.errors, form.facts_of_business()["sector"]) == ({}, None)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"cnic": "3.52021E+12"}, SHORTENED),
        ({"phone": "3E+09"}, SHORTENED),
        ({"cnic": "1234512345671"}, str(NO_SUCH_CARD)),
        ({"cnic": "36302"}, "Enter all 13 digits of the CNIC. There are 5 here."),
        ({"name": "=A1&B1"}, "This is a formula. Copy the cell and paste it as a value."),
        ({"name": "???? ??"}, "The Urdu letters were lost when the file was saved. Save it as XLSX, and send that."),
        ({"name": ""}, "Please fill this in."),
        ({"sex": "lady"}, "Write one of these: Woman, Man, Transgender"),
        ({"sex": "?"}, "Write one of these: Woman, Man, Transgender"),
        ({"contact": "maybe"}, "Write one of these: Yes, No"),
        ({"sector": "flying"}, "Choose a kind of work from the list on the last sheet of the template."),
        (
            {"district": "Lahore"},
            "Your office does not register in this place. Write the district, or a town in it.",
        ),
        ({"birth_year": "88"}, NO_YEAR),
        ({"birth_year": "31/02/1988"}, NO_YEAR),
        ({"birth_year": "2999"}, "This day has not come yet. Look at the year again."),
        ({"birth_year": "1850"}, "Look at the year again."),
        (
            {"district": "Multan", "merged": ["district"]},
            "This cell is joined with others. Part them, and write the value into each row.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(typed, said):
    assert errors_of(**typed) == {next(iter(typed)): [said]}


@pytest.mark.parametrize("phone", ["0300-0001234", ""])
def test_a_list_that_does_not_say_whose_phones_these_are_is_taken(phone):
    """R4: for want of a column that many lists lack no row is refused; what is not told is asked later."""
    form = form_of(phone=phone, phone_owner="")

    assert (form.errors, form.facts()["phone_owner"]) == ({}, "unsaid")


@pytest.mark.parametrize("key", ["name", "cnic"])
def test_a_cell_that_was_cut_is_not_counted(key):
    said = ["There are more than 1,000 characters here. Shorten this."]

    assert errors_of(**{key: "x" * 1001}) == {key: said}


@pytest.mark.parametrize(
    ("head", "is_known"),
    [
        ("Father/Husband name", True),
        ("Father's / Husband's Name *", True),
        ("S/o W/o D/o", True),
        ("S/O, D/O, W/O", True),
        ("SO/WO/DO", True),
        ("ولدیت/زوجیت", True),
        ("والد یا شوہر کا نام", True),
        ("Father's CNIC", False),
        ("Name of", False),
    ],
)
def test_the_one_column_of_a_camp_for_father_and_husband_is_known(head, is_known):
    assert (column_of(head) == "parent_name") is is_known


@pytest.mark.parametrize(
    ("sex", "cell", "relation", "kept"),
    [
        ("Man", "Aslam", "father", "Aslam"),
        ("Woman", "Aslam", "", "Aslam"),
        ("Transgender", "Aslam", "", "Aslam"),
        ("Woman", "W/o Aslam", "husband", "Aslam"),
        ("Woman", "d/o: Aslam", "father", "Aslam"),
        ("Woman", "زوجہ محمد اسلم", "husband", "محمد اسلم"),
        ("Woman", "والد: علی", "father", "علی"),
        ("Man", "Walad Hussain", "father", "Walad Hussain"),
        ("Woman", "", "", ""),
    ],
)
def test_whose_name_stands_beside_is_taken_where_it_is_certain_and_left_unsaid_elsewhere(sex, cell, relation, kept):
    """The usual head of a camp's list is "Father/Husband name": for want of which of the two no row is refused."""
    headings, columns = ["Father/Husband name"], ["parent_name"]
    form = RowForm(
        TYPED | {"sex": sex, "parent_name": cell}, merged=(), reader=reader(headings=headings, columns=columns)
    )

    assert form.errors == {}
    assert (form.facts()["parent_relation"], form.facts()["parent_name"]) == (relation, kept)


def test_what_a_cell_of_its_own_says_counts_before_what_stands_in_the_name():
    form = form_of(parent_name="S/o Aslam", parent_relation="Husband")

    assert (form.errors, form.facts()["parent_relation"]) == ({}, "husband")


@pytest.mark.parametrize("key", BY_KEY)
@pytest.mark.parametrize("text", ["\0\ud800", "x" * 1001, "=1+1", "-1", "'", "\u202e\u0000", "😀" * 50, "9" * 400])
def test_no_cell_breaks_the_reader(key, text):
    """Promise 16: any text is a value or a sentence."""
    form = RowForm(TYPED | typed_in([key], [text]), merged=(), reader=reader())

    assert form.is_valid() or all(str(said) for errors in form.errors.values() for said in errors)


@pytest.mark.parametrize(
    ("headings", "columns", "relation"),
    [
        (["Father's name"], ["parent_name"], "father"),
        (["شوہر کا نام"], ["parent_name"], "husband"),
        (["Father / husband name"], ["parent_name"], None),
        (["Father's name", "Relation"], ["parent_name", "parent_relation"], None),
        (["Name"], ["name"], None),
    ],
)
def test_the_head_says_whose_name_it_is(headings, columns, relation):
    assert reader(headings=headings, columns=columns).given.get("parent_relation") == relation


def test_a_row_shorter_than_its_heads_is_filled_with_nothing():
    assert typed_in(["name", "", "sex"], ["Ali"]) == {"name": "Ali", "sex": ""}


def test_each_example_is_right():
    """What the template shows must be what it takes."""
    typed = {column.key: str(column.example) for column in COLUMNS} | {"sector": "tailoring"}

    assert RowForm(typed, merged=(), reader=reader()).errors == {}


def test_a_year_of_nought_is_refused():
    with pytest.raises(ValidationError):
        YearField().clean("0000")

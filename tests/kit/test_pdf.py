"""Papers are read back from their drawing: which glyph stands where."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from django.conf import settings as django_settings

from kit import pdf
from kit.text import URDU_ALPHABET
from tests.kit.drawing import glyphs

AT = datetime(2026, 11, 24, 9, 30, 15, 250_000, tzinfo=UTC)
HEAD = """#import "/kit/typst/ralli.typ": *
#let content = json(bytes(sys.inputs.content))
#set page(width: auto, height: auto)
"""


@pytest.fixture
def sheet(tmp_path, settings):
    """A function: draw a text with a template of one line, and return its glyphs from left to right."""
    shutil.copytree(Path(django_settings.BASE_DIR) / "kit" / "typst", tmp_path / "kit" / "typst")
    (tmp_path / "templates").mkdir()
    settings.BASE_DIR = tmp_path

    def draw(text, line="#text(font: letters, content.text)"):
        (tmp_path / "templates" / "sheet.typ").write_text(HEAD + line)
        drawing = pdf.render("sheet.typ", {"text": text}, at=AT, form="svg")
        return [glyph for _place, glyph in glyphs(drawing)]

    return draw


def test_letters_of_urdu_are_joined(sheet):
    alone = sheet("ب")

    word = sheet("بب")

    assert (len(alone), len(word), set(word) & set(alone)) == (1, 2, set())


def test_without_joining_the_same_letters_stand_alone(sheet):
    """The control: a non-joiner between them gives the form that each letter has by itself, twice."""
    assert sheet("ب\u200cب") == sheet("ب") * 2


@pytest.mark.parametrize("letter", [*URDU_ALPHABET, *"۰۱۲۳۴۵۶۷۸۹0123456789،۔؟", *"ڄڙڏڻۏښېڼټ"])
def test_every_letter_of_urdu_sindhi_and_pashto_has_its_glyph(sheet, letter):
    unknown = sheet("\U00012000")

    drawn = sheet(letter)

    assert (bool(drawn), set(drawn) & set(unknown)) == (True, set())


MARKUP = [
    "#panic()",
    "*bold*",
    "a\\b",
    '#read("/etc/passwd")',
    "= Head",
    "$x$",
    "//no",
    "@a",
    "<a>",
    "`b`",
    "[c]",
    '"#',
]


def check_literal(sheet, text, **how):
    alone = {char: sheet(char) for char in text if not char.isspace()}
    assert sheet(text, **how) == [glyph for char in text if not char.isspace() for glyph in alone[char]]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_comes_out_as_it_was_typed(sheet, text):
    check_literal(sheet, text)


def test_read_as_markup_the_same_check_fails(sheet):
    with pytest.raises(AssertionError):
        check_literal(sheet, "*bold*", line='#text(font: letters, eval(content.text, mode: "markup"))')


def check_not_turned(sheet):
    assert sheet("ab\u202ecd\u2066\x00\ud800\U000e0041") == sheet("abcd")


def test_nobody_turns_the_line_round(sheet):
    check_not_turned(sheet)


def test_without_cleaning_the_same_check_fails(sheet, monkeypatch):
    monkeypatch.setattr(pdf, "clean", lambda text, **_how: text.replace("\x00", "").replace("\ud800", ""))

    with pytest.raises(AssertionError):
        check_not_turned(sheet)


def test_texts_are_cleaned_wherever_they_stand():
    content = {"name": "a\u202eb", "rows": ["c\u202ed", ("e\u202ef", 7)], "count": 3, "none": None}

    assert pdf.readable(content) == {"name": "ab", "rows": ["cd", ["ef", 7]], "count": 3, "none": None}


def test_the_same_content_gives_the_same_file(tmp_path, settings):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.typ").write_text("#json(bytes(sys.inputs.content)).name")
    settings.BASE_DIR = tmp_path

    first, again = (pdf.render("page.typ", {"name": "نسرین"}, at=AT) for _time in range(2))

    assert (first[:5], first == again) == (b"%PDF-", True)


def test_a_wrong_template_says_so(tmp_path, settings):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.typ").write_text("#nothing")
    settings.BASE_DIR = tmp_path

    with pytest.raises(typst.TypstError):
        pdf.render("page.typ", {}, at=AT)


def test_papers_use_our_fonts_alone():
    ours = {Path(font.path).name for font in pdf.fonts().fonts() if font.path}

    assert ours == {"NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-Bold.ttf"}
    assert (pdf.FONTS / "OFL.txt").exists() is True

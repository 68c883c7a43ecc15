import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.text import alphabetical, apart, as_read, ascii_digits, clean, without_surrogates

ANYTHING = st.text(st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, exclude_categories=()))
NASTY = st.text(
    st.sampled_from(
        "aبے\u0654\u0653\u0301\u0327\u200c\u200d\u202e\u2067\u200f\ufeff\0\n\r\t\x85\u2028 \u3000\ud800\ue000\U000e0041"
        "\ufffe\u1100\u1161\u11a8\u0958\u2126\u09c7\u09be\u0600"
    )
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nasreen \t Bibi \n", "Nasreen Bibi"),
        ("نسرین\u00a0بی بی", "نسرین بی بی"),
        ("e\u0301", "é"),
        ("ا\u0653", "آ"),
        ("می\u200cخواہم", "می\u200cخواہم"),
        ("\u200cنام\u200d", "نام"),
        ("ا\u200c\u200d\u200cب", "ا\u200cب"),
        ("\ufeffabc\0", "abc"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\u2066b\u2069c\u200ed", "abcd"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("private\ue000use", "privateuse"),
        ("tag\U000e0041s", "tags"),
        ("non\ufdd0character\U0001ffff", "noncharacter"),
        ("newer\U0001fae8emoji", "newer\U0001fae8emoji"),
        ("verse \u06dd", "verse \u06dd"),
        ("z" + "\u0334" * 9, "z" + "\u0334" * 4),
        ("z" + "\u0334\u200d" * 9, "z" + "\u0334\u200d" * 3 + "\u0334"),
        ("one\r\ntwo\u2028three\n\n", "one two three"),
        ("\0 \ue000", ""),
        ("", ""),
    ],
)
def test_clean_keeps_what_is_meant(typed, kept):
    assert clean(typed) == kept


def test_clean_keeps_lines_when_asked():
    assert clean(" one \r\n\n  two\x85three \n", multiline=True) == "one\n\ntwo\nthree"


@pytest.mark.parametrize("multiline", [False, True])
@given(text=ANYTHING | NASTY)
def test_clean_is_idempotent_and_never_raises(text, multiline):
    once = clean(text, multiline=multiline)

    assert clean(once, multiline=multiline) == once


@pytest.mark.parametrize("multiline", [False, True])
@given(text=ANYTHING | NASTY)
def test_clean_lets_nothing_harmful_through(text, multiline):
    cleaned = clean(text, multiline=multiline)

    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()
    unwanted = {"Cs", "Co"} | (set() if multiline else {"Cc"})
    assert [char for char in cleaned.replace("\n", "") if unicodedata.category(char) in unwanted | {"Cc"}] == []
    assert set(cleaned) & set("\0\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") == set()
    assert _longest_run_of_marks(cleaned) <= 4
    assert cleaned == cleaned.strip()


@given(text=st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_clean_changes_no_plain_text_but_its_normal_form(text):
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_clean_takes_a_megabyte_of_marks_in_linear_time():
    """Normalising long runs of marks is quadratic: unguarded, this text takes minutes."""
    started = time.process_time()

    assert clean("a" + "\u0301\u0327" * 500_000) == unicodedata.normalize("NFC", "a" + "\u0301\u0327" * 15)[:5]

    assert time.process_time() - started < 5


def test_normalising_is_quadratic_without_the_guard():
    """The failing control of the test above: four times the marks take far more than four times the time."""

    def seconds(pairs):
        started = time.process_time()
        unicodedata.normalize("NFC", "a" + "\u0301\u0327" * pairs)
        return time.process_time() - started

    assert seconds(8_000) > 8 * seconds(2_000)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("१२ रु", "12 रु"),
        ("Rs 4,000", "Rs 4,000"),
        ("x²", "x²"),
    ],
)
def test_ascii_digits_of_every_script(typed, digits):
    assert ascii_digits(typed) == digits


@given(ANYTHING)
def test_ascii_digits_is_idempotent_and_keeps_the_length(text):
    plain = ascii_digits(text)

    assert ascii_digits(plain) == plain
    assert len(plain) == len(text)
    assert not any(char.isdecimal() and not char.isascii() for char in plain)


@given(ANYTHING)
def test_without_surrogates_can_be_written(text):
    without_surrogates(text).encode()


def test_without_surrogates_marks_the_place():
    assert without_surrogates("a\ud800b") == "a\ufffdb"
    assert without_surrogates("ملتان") == "ملتان"


def test_alphabetical_follows_the_urdu_alphabet():
    words = ["ہنزہ", "یزمان", "پشاور", "ٹانک", "بنوں", "چمن", "کوئٹہ", "گلگت", "اٹک"]

    assert sorted(words, key=alphabetical) == ["اٹک", "بنوں", "پشاور", "ٹانک", "چمن", "کوئٹہ", "گلگت", "ہنزہ", "یزمان"]
    assert sorted(words) != sorted(words, key=alphabetical)
    assert sorted(["b", "A", "c"], key=alphabetical) == ["A", "b", "c"]


def _longest_run_of_marks(text):
    longest = run = 0
    for char in text:
        if unicodedata.category(char).startswith("M"):
            run += 1
        elif char not in "\u200c\u200d":
            run = 0
        longest = max(longest, run)
    return longest


def test_own_words_stand_apart():
    assert apart("MUL-1220") == "\u2068MUL-1220\u2069"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Asks twice.", " ASKS  twice"),
        ("Asks for 2 papers", "asks for ٢ papers"),
        ("بجلی کا کنکشن نہیں", "بجلي كا كنكشن نهيں"),
        ("این او سی کے لیے", "این‌او‌سی کےلیے۔"),
        ("مُہر", "مہر"),
    ],
)
def test_the_same_words_read_the_same(one, other):
    assert as_read(one) == as_read(other)


@pytest.mark.parametrize(("one", "other"), [("Asks twice", "Asks thrice"), ("کار", "گار"), ("?", "!"), ("بھر", "بہر")])
def test_other_words_do_not(one, other):
    assert as_read(one) != as_read(other)


@given(NASTY | ANYTHING)
def test_how_it_reads_is_told_of_anything(text):
    assert isinstance(as_read(text), str)

import re
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kit import cnic

SCRIPTS = ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]
GOOD = st.from_regex(r"\A[1-8][0-9]{12}\Z")


@pytest.mark.parametrize(
    "typed",
    [
        "3630248291057",
        "36302-4829105-7",
        " 36302 4829105 7 ",
        "36302–4829105–7",
        "36302ـ4829105ـ7",
        "۳۶۳۰۲-۴۸۲۹۱۰۵-۷",
        "۳۶۳۰۲۔۴۸۲۹۱۰۵۔۷",
        "٣٦٣٠٢٤٨٢٩١٠٥٧",
        "\u202a36302-4829105-7\u202c",
    ],
)
def test_parse_reads_what_people_type(typed):
    assert cnic.parse(typed) == "3630248291057"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter all 13 digits of the CNIC."),
        ("--", "Enter all 13 digits of the CNIC."),
        ("3", "Enter all 13 digits of the CNIC. There is 1 here."),
        ("36302-482910-7", "Enter all 13 digits of the CNIC. There are 12 here."),
        ("36302-48291055-7", "Enter all 13 digits of the CNIC. There are 14 here."),
        ("36302-4829105-x", "Enter only the 13 digits of the CNIC, without letters or signs."),
        ("36302-4829105-²", "Enter only the 13 digits of the CNIC, without letters or signs."),
        ("0630248291057", "A CNIC begins with a digit from 1 to 8. Look at your card again."),
        ("9630248291057", "A CNIC begins with a digit from 1 to 8. Look at your card again."),
    ],
)
def test_parse_says_what_to_do(typed, sentence):
    with translation.override("en"), pytest.raises(cnic.CnicError) as refused:
        cnic.parse(typed)

    assert str(refused.value) == sentence


@given(number=GOOD, script=st.sampled_from(SCRIPTS))
def test_parse_reads_its_own_display_in_every_script(number, script):
    shown = cnic.display(number).translate(str.maketrans(SCRIPTS[0], script))

    assert cnic.parse(shown) == number


@given(st.text() | st.text("0123456789-۱۲۳ ", min_size=10))
def test_parse_returns_13_digits_or_refuses(typed):
    with suppress(cnic.CnicError):
        assert re.fullmatch("[1-8][0-9]{12}", cnic.parse(typed))


@pytest.mark.parametrize(
    ("typed", "is_filler"),
    [
        ("1111111111111", True),
        ("00000-0000000-0", True),
        ("۱۲۳۴۵-۱۲۳۴۵۶۷-۱", True),
        ("1234512345678", True),
        ("1234567890123", True),
        ("1234567123456", True),
        ("1234512345123", True),
        ("1212121212121", True),
        ("36302-1111111-1", False),
        ("36302-0000000-1", False),
        ("111111111111", False),
        ("1111111111x11", False),
        ("", False),
    ],
)
def test_is_filler(typed, is_filler):
    """R6: what is typed to fill the field makes nobody the rival of another."""
    assert cnic.is_filler(typed) is is_filler


def test_display_and_masked():
    assert cnic.display("3630248291057") == "36302-4829105-7"
    assert cnic.masked("3630248291057") == "36302-•••••••-7"

from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kit import phones

SCRIPTS = ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"]


@pytest.mark.parametrize(
    "typed",
    [
        "03001234567",
        "0300-1234567",
        "0300 123 4567",
        "3001234567",
        "923001234567",
        "+923001234567",
        "+92 (0)300-1234567",
        "00923001234567",
        "0092 0300 1234567",
        "(0300) 1234567",
        "۰۳۰۰-۱۲۳۴۵۶۷",
        "+٩٢٣٠٠١٢٣٤٥٦٧",
    ],
)
def test_parse_reads_what_people_type(typed):
    assert phones.parse(typed) == "+923001234567"


@pytest.mark.parametrize("typed", ["0355-1234567", "0370-1234567", "0371-1234567", "0399-1234567"])
def test_parse_keeps_no_list_of_operators(typed):
    assert phones.display(phones.parse(typed)) == typed


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a mobile number of 11 digits that begins with 03."),
        ("-", "Enter a mobile number of 11 digits that begins with 03."),
        ("0300-123456", "Enter all 11 digits of the mobile number, from 03 on. There are 10 here."),
        ("+92 300 12345678", "Enter all 11 digits of the mobile number, from 03 on. There are 12 here."),
        ("03", "Enter all 11 digits of the mobile number, from 03 on. There are 2 here."),
        ("042-111111456", "A mobile number begins with 03. Enter all its 11 digits."),
        ("92300123", "A mobile number begins with 03. Enter all its 11 digits."),
        ("+447911123456", "A mobile number begins with 03. Enter all its 11 digits."),
        ("0300 CALL ME", "Enter only the digits of the mobile number, without letters or signs."),
        ("+", "Enter only the digits of the mobile number, without letters or signs."),
    ],
)
def test_parse_says_what_to_do(typed, sentence):
    with translation.override("en"), pytest.raises(phones.PhoneError) as refused:
        phones.parse(typed)

    assert str(refused.value) == sentence


@given(
    number=st.from_regex(r"\A3[0-9]{9}\Z"),
    prefix=st.sampled_from(["", "0", "92", "+92", "0092"]),
    script=st.sampled_from(SCRIPTS),
)
def test_parse_reads_every_form_in_every_script(number, prefix, script):
    typed = f"{prefix}{number}".translate(str.maketrans(SCRIPTS[0], script))

    assert phones.parse(typed) == f"+92{number}"


@given(st.text() | st.text("+0923 -", min_size=8))
def test_parse_returns_a_number_or_refuses(typed):
    with suppress(phones.PhoneError):
        number = phones.parse(typed)
        assert phones.parse(number) == phones.parse(phones.display(number)) == number


def test_display_and_masked():
    assert phones.display("+923001234567") == "0300-1234567"
    assert phones.masked("+923001234567") == "03**-****567"

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.forms import CertificateCodeField, VerifyForm, read_code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7K4M-QD2X", "7K4M-QD2X"),
        ("7k4mqd2x", "7K4M-QD2X"),
        (" 7K4M QD2X ", "7K4M-QD2X"),
        ("7K4M–QD2X", "7K4M-QD2X"),
        ("OIL0-oil1", "0110-0111"),
        ("۷K۴M-QD۲X", "7K4M-QD2X"),
        ("7K4M-QD2", ""),
        ("7K4M-QD2XX", ""),
        ("", ""),
        ("سند", ""),
    ],
)
def test_a_code_is_read_however_it_is_written(typed, code):
    assert read_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write the code of the certificate."),
        ("7K4M", "A code has 8 letters and digits, such as 7K4M-QD2X. Look at the paper again."),
    ],
)
def test_what_is_no_code_is_refused_in_words(typed, said):
    assert VerifyForm({"code": typed}).errors == {"code": [said]}


@given(st.one_of(st.text(), st.text(st.characters(categories=["Cs", "Cc", "Cf", "Nd"])), st.integers(), st.none()))
def test_any_input_is_a_code_or_a_refusal(typed):
    form = VerifyForm({"code": typed})

    assert form.is_valid() is not bool(form.errors)


def test_an_empty_code_that_may_stay_empty():
    assert CertificateCodeField(required=False).clean("") == ""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.pins import is_easy

DIGITS = st.text("0123456789", min_size=6, max_size=6)


@pytest.mark.parametrize(
    "pin",
    ["000000", "999999", "123456", "654321", "890123", "321098", "121212", "123123", "112233", "332211", "001122"],
)
def test_what_everybody_tries_first_is_easy(pin):
    assert is_easy(pin)


@pytest.mark.parametrize("pin", ["198812", "121988", "019880"])
def test_the_year_of_birth_is_easy(pin):
    assert (is_easy(pin, birth_year=1988), is_easy(pin), is_easy(pin, birth_year=1977)) == (True, False, False)


def test_digits_of_card_and_phone_are_easy():
    numbers = ("3630248291056", "+923001729384")

    assert [is_easy(pin, numbers=numbers) for pin in ("482910", "729384", "482915")] == [True, True, False]


@pytest.mark.parametrize("pin", ["482915", "907362", "112358", "135790"])
def test_others_are_not(pin):
    assert not is_easy(pin)


@given(DIGITS)
def test_what_is_easy_backwards_is_easy(pin):
    assert is_easy(pin) == is_easy(pin[::-1])


@given(st.text("0123456789", min_size=1, max_size=3).filter(lambda part: 6 % len(part) == 0))
def test_whatever_repeats_is_easy(part):
    assert is_easy(part * (6 // len(part)))

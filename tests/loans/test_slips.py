import pytest

from loans.slips import Slip, SlipError, parse


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        ("118/0802", Slip(118, 802)),
        (" 118 / 802 ", Slip(118, 802)),
        ("118-0802", Slip(118, 802)),
        ("118 0802", Slip(118, 802)),
        ("۱۱۸/۰۸۰۲", Slip(118, 802)),
        ("١١٨/٠٨٠٢", Slip(118, 802)),
    ],
)
def test_parse_reads_slips_as_people_write_them(typed, slip):
    assert parse(typed) == slip


@pytest.mark.parametrize("typed", ["", "118", "118/", "118/08a2", "1180802", "118/0802/1", "9999999/1"])
def test_parse_says_how_to_write_it(typed):
    with pytest.raises(SlipError, match="such as 118/0802"):
        parse(typed)


@pytest.mark.parametrize("typed", ["0/12", "12/0"])
def test_parse_refuses_nought(typed):
    with pytest.raises(SlipError, match="number 0"):
        parse(typed)


def test_slip_is_written_with_four_digits_and_its_correction():
    slip = Slip(118, 802)

    assert [str(slip), str(slip.corrected())] == ["118/0802", "118/0802 (2)"]

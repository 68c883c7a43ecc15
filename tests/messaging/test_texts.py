import pytest

from messaging.texts import parts


@pytest.mark.parametrize(
    ("letter", "times", "count"),
    [
        ("a", 0, 1),
        ("a", 160, 1),
        ("a", 161, 2),
        ("a", 306, 2),
        ("a", 307, 3),
        ("€", 80, 1),  # takes two of GSM's letters
        ("€", 81, 2),
        ("ق", 70, 1),
        ("ق", 71, 2),
        ("ق", 134, 2),
        ("ق", 135, 3),
        ("😀", 35, 1),  # takes two of UCS-2's
        ("😀", 36, 2),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(letter, times, count):
    assert parts(letter * times) == count


def test_one_urdu_letter_makes_the_whole_text_urdu():
    assert parts("a" * 70 + "ق") == 2

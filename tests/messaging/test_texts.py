import pytest

from messaging.texts import parts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ق" * 70, 1),
        ("ق" * 71, 2),
        ("ق" * 134, 2),
        ("ق" * 135, 3),
        ("a" * 70 + "ق", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text, count):
    assert parts(text) == count

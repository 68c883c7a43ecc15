import pytest

from messaging.texts import fitted, in_order, parts


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


@pytest.mark.parametrize(
    ("course", "said"),
    [
        ("Sew", "Sew in the Hall, at 9"),
        ("Sew " * 40, "Sew " * 34 + "Sew in the Hall, at 9"),
        ("S" * 200, "S" * 142 + " in the Hall, at 9"),
    ],
)
def test_a_name_is_whole_where_it_fits_and_else_cut_by_words(course, said):
    """The control stands in the last line: plainly put together, the long ones take two parts."""
    sentence, names = "{course} in {place}, at {when}", {"course": course, "place": "the Hall", "unsaid": "x" * 500}

    text = fitted(sentence, "en", names=names, when="9")

    assert (text, parts(text)) == (said, 1)
    assert (parts(sentence.format(**names, when="9")) > 1) == (len(course) > 100)


def test_an_urdu_text_has_two_parts_for_its_names():
    names = {"course": "کورس " * 40}

    text = fitted("{course}", "ur", names=names)

    assert (parts(text), len(text) > 120, parts(fitted("{course}", "en", names=names))) == (2, True, 1)


def test_a_sentence_that_is_too_long_without_any_name_stays_as_it_is():
    assert fitted("a" * 170 + "{course}", "en", names={"course": "Sew"}) == "a" * 170


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("مدد 0800-00000", "مدد \u200e0800-00000"),
        ("رسید 118-7۔ مدد 0800-00000", "رسید \u200e118-7۔ مدد \u200e0800-00000"),
        ("حوالہ MUL-2026-00012, 10:30, 5,000", "حوالہ MUL-2026-00012, 10:30, 5,000"),  # those stand as they are
        ("Help 0800-00000", "Help 0800-00000"),  # and the mark would make it an Urdu text
    ],
)
def test_numbers_with_a_dash_keep_their_order_among_urdu_letters(text, sent):
    assert (in_order(text), in_order(in_order(text))) == (sent, sent)

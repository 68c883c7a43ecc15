import pytest

from messaging.texts import fitted, parts


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

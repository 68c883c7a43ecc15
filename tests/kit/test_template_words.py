import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from kit import words

THURSDAY = dt.date(2026, 11, 26)
AFTERNOON = dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC)  # 14:30 in Karachi


def drawn(source, language="en", **context):
    with translation.override(language):
        return Template("{% load kit %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("filter_name", "value", "english", "urdu"),
    [
        ("day", THURSDAY, "Thu <bdi>26</bdi> Nov <bdi>2026</bdi>", "جمعرات، <bdi>26</bdi> نومبر <bdi>2026</bdi>"),
        ("day", AFTERNOON, "Thu <bdi>26</bdi> Nov <bdi>2026</bdi>", "جمعرات، <bdi>26</bdi> نومبر <bdi>2026</bdi>"),
        ("day_plain", THURSDAY, "<bdi>26</bdi> Nov <bdi>2026</bdi>", "<bdi>26</bdi> نومبر <bdi>2026</bdi>"),
        ("month", THURSDAY, "Nov <bdi>2026</bdi>", "نومبر <bdi>2026</bdi>"),
        (
            "moment",
            AFTERNOON,
            "Thu <bdi>26</bdi> Nov <bdi>2026</bdi>, <bdi>2:30</bdi> pm",
            "جمعرات، <bdi>26</bdi> نومبر <bdi>2026</bdi>، دوپہر <bdi>2:30</bdi> بجے",
        ),
        ("clock", dt.time(0, 5), "<bdi>12:05</bdi> am", "رات <bdi>12:05</bdi> بجے"),
        ("clock", dt.time(11), "<bdi>11</bdi> am", "صبح <bdi>11</bdi> بجے"),
        ("clock", dt.time(12), "<bdi>12</bdi> pm", "دوپہر <bdi>12</bdi> بجے"),
        ("clock", dt.time(17, 45), "<bdi>5:45</bdi> pm", "شام <bdi>5:45</bdi> بجے"),
        ("clock", dt.time(21), "<bdi>9</bdi> pm", "رات <bdi>9</bdi> بجے"),
        ("number", 12480, "<bdi>12,480</bdi>", "<bdi>12,480</bdi>"),
        ("rupees", 4000, "<bdi>Rs 4,000</bdi>", "<bdi>4,000</bdi> روپے"),
        ("rupees", -4000, "<bdi>Rs -4,000</bdi>", "<bdi>-4,000</bdi> روپے"),
        ("rupees_large", 99_999, "<bdi>Rs 99,999</bdi>", "<bdi>99,999</bdi> روپے"),
        ("rupees_large", 350_000, "<bdi>Rs 3.5</bdi> lakh", "<bdi>3.5</bdi> لاکھ روپے"),
        ("rupees_large", 214_123_456, "<bdi>Rs 21.4</bdi> crore", "<bdi>21.4</bdi> کروڑ روپے"),
        ("rupees_large", 50_000_000_000, "<bdi>Rs 5,000</bdi> crore", "<bdi>5,000</bdi> کروڑ روپے"),
    ],
)
def test_filter_says_it_in_the_readers_language(filter_name, value, english, urdu):
    source = f"{{{{ value|{filter_name} }}}}"

    said = [drawn(source, language, value=value) for language in ("en", "ur")]

    assert said == [english, urdu]


@pytest.mark.parametrize(
    ("today", "english", "urdu"),
    [
        ("2026-01-01 00:30 +0500", "<bdi>26</bdi> Nov", "<bdi>26</bdi> نومبر"),
        ("2026-12-31 23:30 +0500", "<bdi>26</bdi> Nov", "<bdi>26</bdi> نومبر"),
        ("2027-01-01 00:30 +0500", "<bdi>26</bdi> Nov <bdi>2026</bdi>", "<bdi>26</bdi> نومبر <bdi>2026</bdi>"),
        ("2025-12-31 12:00 +0500", "<bdi>26</bdi> Nov <bdi>2026</bdi>", "<bdi>26</bdi> نومبر <bdi>2026</bdi>"),
    ],
)
def test_a_short_day_says_the_year_where_it_is_not_the_present_one(today, english, urdu):
    with time_machine.travel(today, tick=False):
        said = [drawn("{{ value|day_short }}", language, value=THURSDAY) for language in ("en", "ur")]

    assert said == [english, urdu]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3630248291056", "<bdi>36302-4829105-6</bdi>"),
        ("36302-4829105-6", "<bdi>36302-4829105-6</bdi>"),
        ("36302-48291", "<bdi>36302-48291</bdi>"),
    ],
)
def test_cnic_stands_as_on_the_card(value, shown):
    assert drawn("{{ value|cnic }}", value=value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3630248291056", "<bdi>36302-•••••••-6</bdi>"),
        ("36302-482910", "<bdi>•••••</bdi>"),
        ("Nasreen", "<bdi>•••••</bdi>"),
    ],
)
def test_masked_cnic_hides_what_it_cannot_read(value, shown):
    assert drawn("{{ value|cnic_masked }}", value=value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+923000001234", "<bdi>0300-0001234</bdi>"),
        ("0300 0001234", "<bdi>0300-0001234</bdi>"),
        ("0800-00000", "<bdi>0800-00000</bdi>"),
    ],
)
def test_phone_stands_as_people_write_it(value, shown):
    assert drawn("{{ value|phone }}", value=value) == shown


def test_tel_is_what_a_telephone_wants():
    assert drawn("{{ value|tel }}", value="+92 (300) 000-1234") == "+923000001234"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Enter all 13 digits.", "Enter all <bdi>13</bdi> digits."),
        ("Receipt 118/0735: Rs 4,000", "Receipt <bdi>118/0735</bdi>: <bdi>Rs 4,000</bdi>"),
        ("جیسے MUL-L-2291۔", "جیسے <bdi>MUL-L-2291</bdi>۔"),
        ("Check: 7K4-QD2", "Check: <bdi>7K4-QD2</bdi>"),
        ("98.4% by 24/11/2026", "<bdi>98.4%</bdi> by <bdi>24/11/2026</bdi>"),
        ("Entered late: +2 / -1,200", "Entered late: <bdi>+2</bdi> / <bdi>-1,200</bdi>"),
        ("Entered late: +2", "Entered late: <bdi>+2</bdi>"),
        ("Ask FBR, then SMEDA.", "Ask FBR, then SMEDA."),
        ("<b>4</b>", "&lt;b&gt;<bdi>4</bdi>&lt;/b&gt;"),
    ],
)
def test_digits_keeps_numbers_and_codes_whole(text, shown):
    assert drawn("{{ text|digits }}", text=text) == shown


def test_digits_leaves_markup_alone():
    assert drawn("{{ amount|rupees|digits }}", amount=4000) == "<bdi>Rs 4,000</bdi>"


@pytest.mark.parametrize(
    "filter_name",
    ["bdi", "own", "digits", "cnic", "phone", "tel", "day", "moment", "clock", "number", "rupees", "listed", "said"],
)
def test_filter_escapes_what_it_is_given(filter_name):
    assert "<script" not in drawn(f"{{{{ value|{filter_name} }}}}", value="<script>")


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(
    "filter_name", ["bdi", "own", "digits", "cnic", "cnic_masked", "phone", "day", "rupees", "listed", "said"]
)
def test_filter_says_nothing_for_nothing(filter_name, value):
    assert drawn(f"{{{{ value|{filter_name} }}}}", value=value) == ""


def test_list_takes_the_comma_of_the_language():
    said = [drawn("{{ value|listed }}", language, value=["A", "2 <b>"]) for language in ("en", "ur")]

    assert said == ["A, <bdi>2</bdi> &lt;b&gt;", "A، <bdi>2</bdi> &lt;b&gt;"]


def test_several_answers_stand_in_the_order_of_the_page_and_each_in_its_own_script():
    """A box around them all would take its direction from a Latin name, and turn an Urdu list round."""
    shown = [drawn("{{ value|said }}", "ur", value=value) for value in (["Kashif <b>", "کپڑے"], "Rs 5")]

    assert shown == [
        '<span dir="auto">Kashif &lt;b&gt;</span>، <span dir="auto">کپڑے</span>',
        '<span dir="auto"><bdi>Rs 5</bdi></span>',
    ]
    assert drawn("{{ value|own|said }}", "ur", value="کپڑے") == '<span dir="auto">کپڑے</span>'


def test_each_paragraph_and_each_line_of_it_runs_in_the_direction_of_its_own_script():
    shown = drawn("{{ value|paragraphs }}", value="NTN <b>\r\n۷ نومبر کو دی تھی\n\nدوسرا")

    assert shown == (
        '<p dir="auto">NTN &lt;b&gt;<br><span dir="auto">۷ نومبر کو دی تھی</span></p><p dir="auto">دوسرا</p>'
    )


def test_dots_part_what_there_is():
    shown = drawn("{% dots name|own none reference|bdi typed %}", name="نسرین", none="", reference="MUL-1", typed="<b>")

    assert shown.split("\n") == [
        '<span class="dots"><span><span dir="auto">نسرین</span></span>',
        "<span><bdi>MUL-1</bdi></span>",
        "<span>&lt;b&gt;</span>",
        "</span>",
        "",
    ]


@pytest.mark.parametrize(
    ("days", "tone", "english", "urdu"),
    [
        (-10, "late", "<bdi>10</bdi> days late", "<bdi>10</bdi> دن دیر"),
        (-1, "late", "<bdi>1</bdi> day late", "<bdi>1</bdi> دن دیر"),
        (0, "soon", "Today", "آج"),
        (1, "idle", "Tomorrow", "کل"),
        (3, "idle", "In <bdi>3</bdi> days", "<bdi>3</bdi> دن میں"),
    ],
)
def test_status_says_how_a_due_date_stands(days, tone, english, urdu):
    due = THURSDAY + dt.timedelta(days=days)

    said = [drawn("{% status due today %}", language, due=due, today=THURSDAY).strip() for language in ("en", "ur")]

    assert said == [f'<span class="tag {tone}">{text}</span>' for text in (english, urdu)]


def test_how_long_something_has_lasted():
    said = [
        drawn("{{ since|lasting:today }}", language, since=THURSDAY - dt.timedelta(days=5), today=THURSDAY)
        for language in ("en", "ur")
    ]

    assert said == ["<bdi>5</bdi> days", "<bdi>5</bdi> دن سے"]


def test_plain_words_are_the_same_without_markup():
    assert words.plain(words.day(THURSDAY)) == "Thu 26 Nov 2026"


# Outside a sentence, where translators put the comma: between two values, or between two parts of a line.
SENTENCE = re.compile(r"{% blocktranslate.*?{% endblocktranslate %}|{% (?:translate|comment).*?%}", re.DOTALL)
LATIN_COMMA = re.compile(r"join:\s*[\"'], |(?:}}|%}|</\w+>), +(?:{{|{%|<)")


def with_latin_commas(sources):
    return [name for name, text in sources if LATIN_COMMA.search(SENTENCE.sub("{% sentence %}", text))]


def test_no_template_puts_a_latin_comma_between_two_facts():
    """In an Urdu line it would be the wrong one: `listed` and `dots` know."""
    folder = settings.BASE_DIR / "templates"
    found = with_latin_commas((path.name, path.read_text()) for path in folder.rglob("*.html"))

    seen = with_latin_commas([("values", "{{ a }}, {{ b }}"), ("joined", "{{ a|join:', ' }}"), ("other", "{{ a }}.")])
    assert (found, seen) == ([], ["values", "joined"])


@pytest.mark.parametrize(
    ("ends", "english", "urdu"),
    [
        (dt.time(10, 30), "10 to 10:30 am", "صبح 10 سے 10:30 بجے"),
        (dt.time(12, 30), "10 am to 12:30 pm", "صبح 10 بجے سے دوپہر 12:30 بجے"),
    ],
)
def test_from_when_until_when_names_the_part_of_the_day_once(ends, english, urdu):
    assert words.clocks(dt.time(10), ends) == english
    with translation.override("ur"):
        assert words.clocks(dt.time(10), ends) == urdu

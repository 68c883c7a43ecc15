"""What the style sheet promises: contrast in both themes, both directions from one source, and few bytes."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
SOURCE = (STATIC / "portal.css").read_text()
MOST_BYTES = 7500
TOKEN = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});")
# axe does not measure text that is only Urdu, so the pairs are computed here.
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "mute", "a") for ground in ("paper", "card", "tint")],
    *[("ink", "haldi-t"), ("haldi", "haldi-t"), ("haldi", "paper"), ("haldi", "card")],
    *[("madder", "madder-t"), ("madder", "paper"), ("madder", "card"), ("on", "a"), ("on", "a2"), ("a2", "tint")],
    ("mute", "haldi-t"),
]
CONTROL_PAIRS = [("edge", "paper"), ("edge", "card"), ("mid", "paper"), ("mid", "card"), ("madder", "card")]
PHYSICAL = re.compile(
    r"\b(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b|(?<![-\w])(?:left|right|top|bottom|float):|(?<![-\w])(?:min-|max-)?(?:width|height):"
)


def themes():
    light, dark = (dict(TOKEN.findall(part)) for part in re.split(r"prefers-color-scheme: dark", SOURCE, maxsplit=1))
    return {"light": light, "dark": light | dark}


def luminance(colour):
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_guidelines_do():
    assert [round(contrast(*pair), 2) for pair in [("#000", "#fff"), ("#777777", "#ffffff")]] == [21.0, 4.48]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable(theme):
    tokens = themes()[theme]

    too_faint = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in TEXT_PAIRS}

    assert {pair: ratio for pair, ratio in too_faint.items() if ratio < 5.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_and_lines_are_visible(theme):
    tokens = themes()[theme]

    too_faint = {pair: round(contrast(tokens[pair[0]], tokens[pair[1]]), 2) for pair in CONTROL_PAIRS}

    assert {pair: ratio for pair, ratio in too_faint.items() if ratio < 3} == {}


def test_directions_come_from_logical_properties():
    rules = re.sub(r"@media[^{]*|@supports[^{]*|/\*.*?\*/", "", SOURCE, flags=re.DOTALL)

    assert PHYSICAL.findall(rules) == []


@pytest.mark.parametrize("rule", ["p{margin-left: 1px}", "p{ left: 0 }", "p{max-width: 3em}", "p { float: left }"])
def test_physical_properties_would_be_found(rule):
    """The failing control."""
    assert PHYSICAL.findall(rule)


def test_style_sheet_stays_small():
    assert len(gzip.compress(SOURCE.encode(), 9, mtime=0)) <= MOST_BYTES


def test_own_script_stays_small():
    assert (STATIC / "portal.js").stat().st_size <= 2048

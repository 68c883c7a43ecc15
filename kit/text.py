"""The one cleaning that everything people type passes through."""

import re
import unicodedata

ZWNJ, ZWJ = "\u200c", "\u200d"  # Urdu needs both: they part and join letters
# Visible signs that Unicode counts as format characters: the Arabic year, footnote, page and verse signs.
VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd")
MOST_MARKS = 4
# Unicode's stream-safe limit. Longer runs must go before normalising, which takes quadratic time to sort them.
STREAM_SAFE_MARKS = 30
URDU_ALPHABET = "ءآأابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوؤہۂۃھیئےۓ"
URDU_ORDER = {letter: chr(0x0621 + place) for place, letter in enumerate(URDU_ALPHABET)}
# Keyboards for Arabic write letters of their own for what looks and means the same in Urdu.
ARABIC_TO_URDU = str.maketrans("يىكهة", "ییکہۃ")
SURROGATES = re.compile("[\ud800-\udfff]")


class UnreadableError(ValueError):
    """What somebody typed cannot be read. The message says what to do, in the reader's language."""


def clean(text: str, *, multiline: bool = False) -> str:
    """Return `text` in NFC without what misleads or breaks, with its white space folded.

    Surrogates, control, private-use, tag and invisible format characters go (bidi overrides and the byte-order mark
    among them), and so do combining marks after the fourth in a row. ZWNJ and ZWJ stay. `multiline` keeps the lines.
    """
    lines = [" ".join(_normal(line).split()) for line in text.splitlines()]
    joined = "\n".join(lines) if multiline else " ".join(filter(None, lines))
    return joined.strip(f" \n{ZWNJ}{ZWJ}")


def ascii_digits(text: str) -> str:
    """Return `text` with the decimal digits of every script (۱, ١, १) written as ASCII digits."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def without_surrogates(text: str) -> str:
    """Return `text` fit to be written as UTF-8: lone surrogates would break the page that shows it again."""
    return text if text.isascii() else SURROGATES.sub("\ufffd", text)


def apart(text: str) -> str:
    """Return somebody's own words for a sentence of another direction: the letters around them keep their places.

    Where a template writes the page, `bdi` does it; this is for labels of choices, which are text alone.
    """
    return f"\u2068{text}\u2069"


def alphabetical(text: str) -> str:
    """Return a key that sorts Urdu words as an Urdu reader expects; code points would put پ after ی."""
    return "".join(URDU_ORDER.get(char, char) for char in text.casefold())


def as_read(text: str) -> str:
    """Return a key that is one for the same words, whatever their spaces, case, stops, vowel marks and letter forms."""
    whole = ascii_digits(unicodedata.normalize("NFKC", clean(text))).casefold().translate(ARABIC_TO_URDU)
    return "".join(filter(str.isalnum, whole)) or whole


def _normal(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    kept = "".join(filter(_is_kept, line))
    return _few_marks(unicodedata.normalize("NFC", _few_marks(kept, STREAM_SAFE_MARKS)), MOST_MARKS)


def _is_kept(char: str) -> bool:
    kind = unicodedata.category(char)
    if kind == "Cf":
        return char in (ZWNJ, ZWJ) or char in VISIBLE_FORMATS
    if kind == "Cn":  # unassigned letters may come with a newer Unicode; noncharacters never do
        return not _is_noncharacter(ord(char))
    return kind not in {"Cs", "Co"} and (kind != "Cc" or char.isspace())


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode's own numbers


def _few_marks(text: str, most: int) -> str:
    """Drop combining marks after `most` in a row; joiners neither break the row nor repeat."""
    kept: list[str] = []
    marks, before = 0, ""
    for char in text:
        joins = char in (ZWNJ, ZWJ)
        is_mark = unicodedata.category(char).startswith("M")
        marks = marks + is_mark if is_mark or joins else 0
        if not ((is_mark and marks > most) or (joins and before in (ZWNJ, ZWJ))):
            kept.append(char)
            before = char
    return "".join(kept)

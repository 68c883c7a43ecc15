"""How long a text is for the telephone network, which charges by the part, and how names are made to fit.

A text of ours is one part in English, two at most in any other language: longer ones come late or in pieces.
"""

import re
from collections.abc import Mapping

# Beside Urdu letters a phone shows 0800-00000 as 00000-0800, unless this mark stands before it.
LEFT_TO_RIGHT = "\u200e"
NUMBER_WITH_DASH = re.compile(rf"(?<![\w{LEFT_TO_RIGHT}-])\d+(?:-\w+)+")
# The alphabet of GSM 03.38 takes seven bits a letter; any other letter, all Urdu among them, makes the text UCS-2.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67
MOST_PARTS, MOST_PARTS_IN_ENGLISH = 2, 1


def is_gsm(text: str) -> bool:
    return GSM.union(GSM_DOUBLE).issuperset(text)


def in_order(text: str) -> str:
    """The text as it is sent: numbers with a dash keep their order among Urdu letters."""
    return text if is_gsm(text) else NUMBER_WITH_DASH.sub(rf"{LEFT_TO_RIGHT}\g<0>", text)


def parts(text: str) -> int:
    """How many SMS parts the text takes. Joined parts lose a few letters to the header that joins them."""
    if is_gsm(text):
        length, alone, joined = len(text) + sum(letter in GSM_DOUBLE for letter in text), GSM_ALONE, GSM_JOINED
    else:
        length, alone, joined = len(text.encode("utf-16-le")) // 2, UCS2_ALONE, UCS2_JOINED
    return 1 if length <= alone else -(-length // joined)


def most_parts(language: str) -> int:
    return MOST_PARTS_IN_ENGLISH if language == "en" else MOST_PARTS


def fitted(sentence: str, language: str, *, names: Mapping[str, str], **facts: str) -> str:
    """The sentence with names and facts, in order: names whole where they fit, else the longest is cut by words."""
    said = {name: text for name, text in names.items() if f"{{{name}}}" in sentence}
    while parts(text := in_order(sentence.format(**said, **facts))) > most_parts(language) and any(said.values()):
        longest = max(said, key=lambda name: len(said[name]))
        shorter = said[longest].rpartition(" ")[0] or said[longest][:-1]
        said[longest] = shorter.rstrip(" ,،:-")
    return text

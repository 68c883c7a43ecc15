"""How long a text is for the telephone network, which charges by the part, and how names are made to fit.

A text of ours is one part in English, two at most in any other language: longer ones come late or in pieces.
"""

from collections.abc import Mapping

# The alphabet of GSM 03.38 takes seven bits a letter; any other letter, all Urdu among them, makes the text UCS-2.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
GSM_ALONE, GSM_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67
MOST_PARTS, MOST_PARTS_IN_ENGLISH = 2, 1


def parts(text: str) -> int:
    """How many SMS parts the text takes. Joined parts lose a few letters to the header that joins them."""
    if GSM.union(GSM_DOUBLE).issuperset(text):
        length, alone, joined = len(text) + sum(letter in GSM_DOUBLE for letter in text), GSM_ALONE, GSM_JOINED
    else:
        length, alone, joined = len(text.encode("utf-16-le")) // 2, UCS2_ALONE, UCS2_JOINED
    return 1 if length <= alone else -(-length // joined)


def most_parts(language: str) -> int:
    return MOST_PARTS_IN_ENGLISH if language == "en" else MOST_PARTS


def fitted(sentence: str, language: str, *, names: Mapping[str, str], **facts: str) -> str:
    """The sentence with these names and facts: names whole where they fit, else the longest is cut by words."""
    said = {name: text for name, text in names.items() if f"{{{name}}}" in sentence}
    while parts(text := sentence.format(**said, **facts)) > most_parts(language) and any(said.values()):
        longest = max(said, key=lambda name: len(said[name]))
        shorter = said[longest].rpartition(" ")[0] or said[longest][:-1]
        said[longest] = shorter.rstrip(" ,،:-")
    return text

"""The number of Pakistan's identity card: 13 digits, printed 12345-1234567-1.

Nothing is read out of it. Its first digit says where the person was first registered, not where they live, and its
last digit does not prove a sex: corrected records and X cards exist. There is no check digit.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kit.text import UnreadableError, ascii_digits, clean

LENGTH = 13
# What people type who have no number: digits counted up, or as the form of the card is explained.
COUNTED, PRINTED = "1234567890", "123451234567"
BETWEEN_DIGITS = re.compile(r"[\s\-‐‑‒–—−ـ_.۔]")


class CnicError(UnreadableError):
    """Not a CNIC."""


def parse(text: str) -> str:
    """Return the 13 ASCII digits of a CNIC typed in any script, with or without dashes and spaces."""
    digits = digits_of(text)
    if not digits:
        raise CnicError(_("Enter all 13 digits of the CNIC."))
    if not digits.isdecimal():
        raise CnicError(_("Enter only the 13 digits of the CNIC, without letters or signs."))
    if len(digits) != LENGTH:
        raise CnicError(
            ngettext(
                "Enter all 13 digits of the CNIC. There is %(count)d here.",
                "Enter all 13 digits of the CNIC. There are %(count)d here.",
                len(digits),
            )
            % {"count": len(digits)}
        )
    if digits[0] not in "12345678":
        raise CnicError(_("A CNIC begins with a digit from 1 to 8. Look at your card again."))
    return digits


def digits_of(text: str) -> str:
    """What was typed, its digits in ASCII, without what stands between them."""
    return BETWEEN_DIGITS.sub("", ascii_digits(clean(text)))


def is_filler(text: str) -> bool:
    """Whether 13 digits were typed to fill the field: 1111111111111, 12345-1234567-1. Two such people are no rivals."""
    digits = digits_of(text)
    if len(digits) != LENGTH or not digits.isdecimal():
        return False
    blocks = (digits[:1], digits[:2], COUNTED, COUNTED[:5], COUNTED[:7])
    repeats = any(digits == (block * LENGTH)[:LENGTH] for block in blocks)
    return repeats or digits.startswith(PRINTED)


def display(cnic: str) -> str:
    """Return the number as the card prints it. Templates put it into `<bdi>`."""
    return f"{cnic[:5]}-{cnic[5:12]}-{cnic[12:]}"


def masked(cnic: str) -> str:
    """Return enough for its owner to recognise the number, and no more: 36302-•••••••-6."""
    return f"{cnic[:5]}-{'•' * 7}-{cnic[12:]}"

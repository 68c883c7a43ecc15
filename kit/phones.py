"""Mobile numbers of Pakistan: stored as +923XXXXXXXXX, shown as 03XX-XXXXXXX.

The digits after 3 are not checked against a list of operators: such lists age (0355 and 0370 were missing from
published ones), and numbers move between operators.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kit.text import UnreadableError, ascii_digits, clean

LENGTH = 11
BETWEEN_DIGITS = re.compile(r"[\s\-‐‑‒–—−ـ_.۔/()\[\]]")
COUNTRY = re.compile(r"\A(?:\+92|0092|92(?=0?3\d{9}\Z))?0?")
MOBILE = re.compile(r"\A3\d{9}\Z")


class PhoneError(UnreadableError):
    """Not a mobile number of Pakistan."""


def parse(text: str) -> str:
    """Return +923XXXXXXXXX for a number typed in any script, with or without +92, 0092, 92 or 0 in front."""
    typed = BETWEEN_DIGITS.sub("", ascii_digits(clean(text)))
    if not typed:
        raise PhoneError(_("Enter a mobile number of 11 digits that begins with 03."))
    if not typed.removeprefix("+").isdecimal():
        raise PhoneError(_("Enter only the digits of the mobile number, without letters or signs."))
    number = COUNTRY.sub("", typed, count=1)
    if MOBILE.match(number):
        return f"+92{number}"
    if not number.startswith("3"):
        raise PhoneError(_("A mobile number begins with 03. Enter all its 11 digits."))
    count = len(number) + 1  # with the 0 that people write in front
    raise PhoneError(
        ngettext(
            "Enter all 11 digits of the mobile number, from 03 on. There is %(count)d here.",
            "Enter all 11 digits of the mobile number, from 03 on. There are %(count)d here.",
            count,
        )
        % {"count": count}
    )


def display(phone: str) -> str:
    """Return the number as people write it. Templates put it into `<bdi>`."""
    return f"0{phone[3:6]}-{phone[6:]}"


def masked(phone: str) -> str:
    """Return enough for its owner to recognise the number, and no more: 03**-****567."""
    return f"03**-****{phone[10:]}"

"""Numbers of paper slips: 118/0802 is slip 802 of book 118; 118/0802 (2) is its first correction."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from kit.text import UnreadableError, ascii_digits, clean

WRITTEN = re.compile(r"\A([0-9]{1,6})\s*[/\\-]\s*([0-9]{1,6})\Z|\A([0-9]{1,6})\s+([0-9]{1,6})\Z")


class SlipError(UnreadableError):
    """Not a slip's number. The text says how to write it."""


class Slip(NamedTuple):
    """A numbered receipt of a book. A correction takes the place of the reversed one with the same number."""

    book: int
    number: int
    correction: int = 0

    def __str__(self) -> str:
        written = f"{self.book}/{self.number:04}"
        return f"{written} ({self.correction + 1})" if self.correction else written

    def corrected(self) -> "Slip":
        return self._replace(correction=self.correction + 1)


def parse(text: str) -> Slip:
    """Read 118/0802, in the digits of any script."""
    found = WRITTEN.match(ascii_digits(clean(text)))
    if not found:
        raise SlipError(_("Write the book, a slash and the number of the slip, such as 118/0802."))
    book, number = (int(digits) for digits in found.groups() if digits is not None)
    if not (book and number):
        raise SlipError(_("Neither the book nor the slip has the number 0."))
    return Slip(book, number)

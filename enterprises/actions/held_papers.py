"""A paper that was good while something else on its form is put right: kept for an hour, for whoever sent it.

Its files lie in the vault without a row. Nobody can open them, and what nobody takes up is erased with the leftovers.
"""

import datetime as dt

from django.core import signing

from accounts.models import User
from enterprises import vault
from enterprises.models.documents import random_name
from kit.text import without_surrogates
from kit.washing import Washed

SALT = "enterprises.held_paper"
HELD_FOR = dt.timedelta(hours=1)


def hold(paper: Washed, *, by: User) -> str:
    """Keep it, and return by what it is taken up again: a text that nobody else can use or change."""
    name = random_name()
    for part, content in zip(vault.PARTS, (paper.content, paper.preview, paper.small), strict=True):
        if content:
            vault.write(name, content, part)
    return signing.dumps({"name": name, "form": paper.form, "pages": paper.pages, "by": by.pk}, salt=SALT)


def take_up(token: str, *, by: User) -> Washed | None:
    """The paper that was kept; None where it is another's, or the hour is over."""
    try:
        told = signing.loads(without_surrogates(token), salt=SALT, max_age=HELD_FOR)
        content = vault.read(told["name"])
    except (signing.BadSignature, vault.LostFile):
        return None
    if told["by"] != by.pk:
        return None
    preview, small = (part_of(told["name"], part) for part in (vault.LARGE, vault.SMALL))
    return Washed(told["form"], content, preview, small, told["pages"])


def part_of(name: str, part: str) -> bytes:
    """A PDF that could not be drawn has no picture."""
    try:
        return vault.read(name, part)
    except vault.LostFile:
        return b""

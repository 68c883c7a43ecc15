"""A paper that was good while something else on its form is put right: for whoever sent it, and its business alone.

It can be taken up for an hour. Its files lie in the vault without a row, so that nobody can open them, and are erased
with the leftovers of a day.
"""

import datetime as dt

from django.core import signing

from accounts.models import User
from enterprises import vault
from enterprises.models import Enterprise
from enterprises.models.documents import random_name
from kit.text import without_surrogates
from kit.washing import Washed

SALT = "enterprises.held_paper"
HELD_FOR = dt.timedelta(hours=1)


def hold(paper: Washed, *, enterprise: Enterprise, by: User) -> str:
    """Keep it, and return by what it is taken up again: a text that nobody else can use or change."""
    name = random_name()
    for part, content in zip(vault.PARTS, (paper.content, paper.preview, paper.small), strict=True):
        if content:
            vault.write(name, content, part)
    told = {"name": name, "form": paper.form, "pages": paper.pages, "by": by.pk, "of": enterprise.pk}
    return signing.dumps(told, salt=SALT)


def take_up(token: str, *, enterprise: Enterprise, by: User) -> Washed | None:
    """The paper that was kept; None where it is another's or another business's, or the hour is over."""
    try:
        told = signing.loads(without_surrogates(token), salt=SALT, max_age=HELD_FOR)
        content = vault.read(told["name"])
    except (signing.BadSignature, vault.LostFile):
        return None
    if (told["by"], told["of"]) != (by.pk, enterprise.pk):
        return None
    preview, small = (part_of(told["name"], part) for part in (vault.LARGE, vault.SMALL))
    return Washed(told["form"], content, preview, small, told["pages"])


def part_of(name: str, part: str) -> bytes:
    """A PDF that could not be drawn has no picture."""
    try:
        return vault.read(name, part)
    except vault.LostFile:
        return b""

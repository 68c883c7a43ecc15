"""The branch's receipt books: what is missing on top, then whose hand each is in."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from kit import words
from kit.paging import page
from kit.templatetags.kit import own
from loans.actions.books import missing_of
from loans.models import ReceiptBook
from loans.slips import Slip

MOST_MISSING = 50


@dataclass(frozen=True)
class Books:
    missing: list[dict[str, Any]]
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    next_url: str
    previous_url: str
    may_issue: bool


def gather(user: User, *, after: str) -> Books:
    books = ReceiptBook.objects.visible_to(user)
    found = page(books.with_use().for_list(), order=("-id",), after=after)
    rows = [row_of(book, user) for book in found.rows]
    return Books(
        missing=missing_rows(list(books.lacking().for_list().order_by("id")[:20]), user),
        columns=[{"label": label} for label in (_("State"), _("In whose hand"), _("Book"), _("Used"), _("Issued"))],
        groups=[{"rows": rows}] if rows else [],
        next_url=f"?after={found.next}" if found.next else "",
        previous_url=f"?after={found.previous}" if found.previous else "",
        may_issue=user.has_role(Role.BRANCH_MANAGER, Role.AREA_MANAGER),
    )


def missing_rows(books: list[ReceiptBook], user: User) -> list[dict[str, Any]]:
    """Each number that nobody accounted for, with who held the book and whether this reader may say why."""
    found = missing_of(books)
    return [
        {
            "slip": str(Slip(book.number, number)),
            "name": str(book.issued_to),
            "branch": book.branch.label,
            "url": f"{reverse('loans:slip-explain', args=[book.pk])}?slip={number}" if may else "",
        }
        for book in books
        for may in [user.has_perm("loans.explain_slip", book)]
        for number in found[book.pk]
    ][:MOST_MISSING]


def row_of(book: ReceiptBook, user: User) -> dict[str, Any]:
    is_back = book.returned_on is not None
    tag = _("Given back") if is_back else (_("Full") if book.top >= book.last else _("In hand"))
    may = not is_back and user.has_perm("loans.issue_book", book)
    return {
        "return_url": reverse("loans:book-return", args=[book.pk]) if may else "",
        "name": str(book.issued_to),
        "number": book.number,
        "cells": [
            {"kind": "days", "text": tag, "tone": "idle"},
            {"kind": "who", "text": str(book.issued_to), "small": book.branch.label},
            {"label": _("Book"), "text": str(book.number), "small": f"{book.first}–{book.last}"},
            {"label": _("Used"), "text": _("%(used)s of %(slips)s") % used_of(book)},
            {"label": _("Issued"), "text": words.day_short(book.issued_on), "small": own(str(book.issued_by))},
        ],
    }


def used_of(book: ReceiptBook) -> dict[str, int]:
    return {"used": book.used + book.explained, "slips": book.last - book.first + 1}

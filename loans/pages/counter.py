"""The counter: whose money it is. One box finds the borrower, by any number of theirs or by their names."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from casework.pages.cases import spelt_freely
from kit import words
from kit.templatetags.kit import own
from loans.models import Loan

MOST = 12


@dataclass(frozen=True)
class Found:
    """What stands below the box. `only` is the one loan that can be meant: its page opens at once."""

    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    only: Loan | None
    is_cut: bool


def find(user: User, q: str, *, on: date) -> Found:
    """The loans that were meant, those first that can be paid; of names the likely ones alone."""
    loans = found_for(user, q) if q else []
    running = [loan for loan in loans if loan.owed]
    rows = [row_of(loan, on=on, has_focus=number == 0) for number, loan in enumerate(loans[:MOST])]
    return Found(
        columns=[{"label": label} for label in (_("To pay now"), _("Borrower"), _("Loan"), _("Business"))],
        groups=[{"rows": rows}] if rows else [],
        only=running[0] if len(running) == 1 and len(loans) <= MOST else None,
        is_cut=len(loans) > MOST,
    )


def found_for(user: User, q: str) -> list[Loan]:
    """By a whole number, exactly, at any branch of the lender; else, at one's own, by names."""
    if by_number := some_of(Loan.objects.payable_to(user).matching(q)):
        return by_number
    if not any(letter.isalpha() for letter in q):
        return []
    with spelt_freely():
        return some_of(Loan.objects.visible_to(user).called(q))


def some_of(loans: QuerySet[Loan]) -> list[Loan]:
    return list(loans.given().for_list().order_by(F("next_due_on").asc(nulls_last=True), "-id")[: MOST + 1])


def row_of(loan: Loan, *, on: date, has_focus: bool) -> dict[str, Any]:
    """Enough to tell two of one name apart before any money is taken. What cannot be paid opens as it stands."""
    if loan.owed:
        url, tag = (
            reverse("loans:receipt-create", args=[loan.pk]),
            words.rupees(loan.due_by(max(on, loan.next_due_on or on))),
        )
    else:
        url, tag = loan.get_absolute_url(), loan.get_ended_as_display()
    who = {"kind": "who", "text": loan.person.name, "small": loan.person.parent_name, "url": url}
    return {
        "cells": [
            {"kind": "days", "text": tag, "tone": "idle"},
            who | {"has_focus": has_focus},
            {"label": _("Loan"), "text": loan.reference, "small": loan.branch.label},
            {"label": _("Business"), "text": own(loan.enterprise.called)},
        ]
    }

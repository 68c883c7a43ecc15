"""What was drawn to be looked at a second time: what its figures count, and its list."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.states import CallBackState, PlanReviewState
from kit import words

WINDOW = dt.timedelta(days=90)
MOST = 200
LONGEST = 18  # digits of a number that PostgreSQL keeps
DRAWN = PlanReviewState.DRAWN
# Those in which somebody has to do something until a day.
WAIT = frozenset({DRAWN, PlanReviewState.REMARKED, CallBackState.DENIED})


def counted_in(rows: QuerySet[Any], user: User, *, now: dt.datetime) -> Any:
    """What the figures of the team count: what was drawn in the last 90 days."""
    return rows.visible_to(user).filter(drawn_at__gte=now - WINDOW)  # type: ignore[attr-defined]


def numbers_of(rows: Any, shows: Mapping[str, Q], *, people: set[int]) -> dict[int, dict[str, int]]:
    """Of each of these authors how many rows each filter shows."""
    counts = {name: Count("pk", filter=wanted) for name, wanted in shows.items()}
    found = rows.filter(author__in=people).order_by().values("author").annotate(**counts)
    return {row["author"]: row for row in found}


def listed(
    rows: Any, *, asked: Mapping[str, str], shows: Mapping[str, Q], done_at: str, row_of: Callable[..., Any]
) -> list[dict[str, Any]]:
    """What waits first, and of it the oldest; of one author, or what a figure counts, where they are asked for."""
    author = asked.get("author", "")
    if author.isascii() and author.isdecimal() and len(author) <= LONGEST:
        rows = rows.filter(author_id=int(author))
    rows = rows.filter(shows.get(asked.get("show", ""), Q()))
    today = timezone.localdate()
    found = list(rows.for_list().order_by(f"-{done_at}", "drawn_at", "pk")[:MOST])
    return [{"rows": [row_of(one, today=today) for one in found]}] if found else []


def tag_of(lot: Any, *, today: dt.date) -> dict[str, str]:
    if lot.state not in WAIT:
        return {"text": capfirst(lot.get_state_display()), "tone": "idle"}
    return {"text": words.due_in(lot.due_on, today), "tone": "late" if lot.due_on < today else "soon"}


def columns(author: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Client")},
        {"label": author},
        {"label": _("Drawn on")},
        {"label": _("Has waited"), "kind": "num"},
        {"label": _("State")},
        {"label": _("Due")},
    ]


def row_of(lot: Any, *, today: dt.date, author: str) -> dict[str, Any]:
    waits, tag = lot.state == DRAWN, tag_of(lot, today=today)
    return {
        "cells": [
            {"kind": "who", "text": lot.case.person.name, "url": lot.get_absolute_url()},
            {"label": author, "text": str(lot.author)},
            {"label": _("Drawn on"), "text": words.day_short(lot.drawn_at)},
            {
                "label": _("Has waited"),
                "kind": "num",
                "text": words.days_between(lot.drawn_at, today) if waits else "–",
            },
            {"label": _("State"), "text": capfirst(lot.get_state_display())},
            {"label": _("Due"), "kind": "days"} | (tag if tag["tone"] != "idle" else {"text": ""}),
        ]
    }

"""How a case ended, each time, and why it was opened again; and what a colleague may take back."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.notes import BACK_FOR
from casework.models import Case, Closure, Note
from casework.pages import outcomes
from kit import words

MOST = 50


def history(_request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """A panel beside the case; nothing where it was never closed."""
    closures = case.closures.select_related("closed_by", "reopened_by").order_by("-closed_at", "-id")
    lines = [line_of(closure) for closure in closures]
    return ("casework/_case_closures.html", {"lines": lines}) if lines else None


def line_of(closure: Closure) -> dict[str, Any]:
    return {
        "title": capfirst(closure.get_outcome_display()),
        "closed": _("{day}, {who}").format(day=words.day_plain(closure.closed_at), who=closure.closed_by),
        "note": closure.note,
        "reopened": _("Opened again: {day}, {who}").format(
            day=words.day_plain(closure.reopened_at), who=closure.reopened_by
        )
        if closure.reopened_at
        else "",
        "reason": closure.reason,
    }


def recent(user: User, *, now: dt.datetime) -> list[dict[str, Any]]:
    """What the user closed or removed in the last 30 days and can take back, the newest first."""
    since = now - BACK_FOR
    closed = Closure.objects.visible_to(user).filter(closed_by=user, closed_at__gt=since, reopened_at__isnull=True)
    removed = Note.objects.removed_by(user).filter(removed_at__gt=since)
    rows = [
        {"at": one.closed_at, "case": one.case, "closure": one}
        for one in closed.select_related("case__person").order_by("-closed_at")[:MOST]
    ]
    rows += [
        {"at": one.removed_at, "case": one.case, "note": one, "until": one.removed_at + BACK_FOR}
        for one in removed.select_related("case__person").order_by("-removed_at")[:MOST]
    ]
    rows += outcomes.removed(user, since=since)
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def removable(user: User, *, now: dt.datetime) -> list[Note]:
    """The notes that the user wrote in the last 30 days, and may remove."""
    own = Note.objects.visible_to(user).filter(by=user, at__gt=now - BACK_FOR)
    return list(own.select_related("case__person").order_by("-at", "-id")[:MOST])

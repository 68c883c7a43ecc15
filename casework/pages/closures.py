"""How a case ended, each time, and why it was opened again."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from casework.models import Case, Closure
from kit import words
from kit.given import kept


def closures_of_case() -> QuerySet:
    return Closure.objects.of_given_case().select_related("closed_by", "reopened_by").order_by("-closed_at", "-id")


def history(_request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """A panel beside the case; nothing where it was never closed."""
    lines = [line_of(closure) for closure in kept(closures_of_case).ask({"case_id": case.pk}, case=case)]
    return ("casework/_case_closures.html", {"lines": lines}) if lines else None


def line_of(closure: Closure) -> dict[str, Any]:
    return {
        "title": capfirst(closure.get_outcome_display()),
        "closed": _("{day}, {who}").format(day=day_of(closure.closed_at), who=closure.closed_by),
        "note": closure.note,
        "reopened": _("Opened again: {day}, {who}").format(day=day_of(closure.reopened_at), who=closure.reopened_by)
        if closure.reopened_at
        else "",
        "reason": closure.reason,
    }


def day_of(at: dt.datetime) -> str:
    """Without markup: the template marks the digits of the whole sentence."""
    return words.plain(words.day_plain(at))

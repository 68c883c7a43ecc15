"""How a case ended, each time, and why it was opened again."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions import cases, endings, plans
from casework.models import Case, Closure, Step
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


def before_closing(case: Case, *, user: User) -> dict[str, Any]:
    """What has to be settled first, and what each way of ending asks for: said before anything is typed."""
    return {
        "waiting": endings.waiting(case),
        "alone": [lack.text for lack in endings.lacking_alone(case)],
        "may_set_aside": user.has_perm("casework.close_lacking", case),
        "search": "" if endings.was_looked_for(case) else endings.lacking_search(),
    }


def before_reopening(case: Case, *, today: dt.date) -> dict[str, Any]:
    """What opening it again does, said before anything is typed: where it goes on, and what is late or gets days."""
    again = cases.as_it_begins_again(case, today=today)
    steps = list(case.steps.open().select_related("kind").order_by("due_on", "pk"))
    days = {step.pk: plans.day_again(step.due_on, closed_at=case.closed_at, today=today) for step in steps}
    late = [line_of_step(step) for step in steps if days[step.pk] < today]
    moved = [line_of_step(step, now=days[step.pk]) for step in steps if days[step.pk] != step.due_on]
    return {
        "state": capfirst(again.state.label),
        "call_by": again.call_by,
        "is_late": again.call_by < today,
        "late": late,
        "moved": moved,
    }


def line_of_step(step: Step, *, now: dt.date | None = None) -> str:
    said = _("{step}: by {day} in place of {was}") if now else _("{step}: by {was}")
    return said.format(step=step.kind.label, was=day_of(step.due_on), day=now and day_of(now))


def day_of(at: dt.date) -> str:
    """Without markup: the template marks the digits of the whole sentence."""
    return words.plain(words.day_plain(at))

"""Plans that were drawn to be read a second time."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import PlanReview, Step
from casework.states import PlanReviewState
from kit import words
from kit.templatetags.kit import own

WINDOW = dt.timedelta(days=90)
MOST = 200
LONGEST = 18  # digits of a number that PostgreSQL keeps


def counted_in(user: User, *, now: dt.datetime) -> Any:
    """What the figures of the team count: what was drawn in the last 90 days."""
    return PlanReview.objects.visible_to(user).filter(drawn_at__gte=now - WINDOW)


def tag_of(review: PlanReview, *, today: dt.date) -> dict[str, str]:
    waits = review.state in {PlanReviewState.DRAWN, PlanReviewState.REMARKED}
    if not waits or review.due_on is None:
        return {"text": capfirst(review.get_state_display()), "tone": "idle"}
    return {"text": words.due_in(review.due_on, today), "tone": "late" if review.due_on < today else "soon"}


def gather(review: PlanReview, *, user: User, today: dt.date) -> dict[str, Any]:
    return {
        "tag": tag_of(review, today=today),
        "answers": answers_of(review),
        "steps": [line_of(step) for step in review.case.steps.for_list()],
        "may_read": review.state == PlanReviewState.DRAWN and user.has_perm("casework.review_plan", review),
        "may_talk": review.state == PlanReviewState.REMARKED and user.has_perm("casework.talk_plan_over", review),
    }


def line_of(step: Step) -> dict[str, Any]:
    state = "dropped" if step.is_dropped else "done" if step.closed_at else "todo"
    due = _("{who}, by {day}").format(
        who=capfirst(step.kind.get_owner_display()), day=words.plain(words.day_short(step.due_on))
    )
    return {
        "label": step.kind.label,
        "note": words.listed([part for part in (due, step.words) if part]),
        "state": state,
        "url": step.get_absolute_url(),
    }


def answers_of(review: PlanReview) -> list[dict[str, Any]]:
    rows = [
        {"label": _("State"), "text": capfirst(review.get_state_display())},
        {"label": _("Agreed by"), "text": str(review.author), "small": words.day_plain(review.agreed_at)},
        {"label": _("Drawn on"), "text": words.day_plain(review.drawn_at), "small": review.read_at.label},
    ]
    if review.read_by:
        rows.append({"label": _("Read by"), "text": str(review.read_by), "small": words.day_plain(review.reviewed_at)})
    if review.remark:
        rows.append({"label": _("Remark"), "text": own(review.remark)})
    if review.talked_by:
        rows.append(
            {"label": _("Talked over"), "text": str(review.talked_by), "small": words.day_plain(review.talked_at)}
        )
    return rows


def listed(user: User, *, asked: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """Those of the last 90 days, what waits first, and of it the oldest; of one author where they are asked for."""
    rows = counted_in(user, now=now)
    author = asked.get("author", "")
    if author.isascii() and author.isdecimal() and len(author) <= LONGEST:
        rows = rows.filter(author_id=int(author))
    if asked.get("show") == "read":
        rows = rows.filter(reviewed_at__isnull=False)
    today = timezone.localdate(now)
    found = list(rows.for_list().order_by("-reviewed_at", "drawn_at", "pk")[:MOST])
    return {"columns": columns(), "groups": [{"rows": [row_of(one, today=today) for one in found]}] if found else []}


def columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Client")},
        {"label": _("Agreed by")},
        {"label": _("Drawn on")},
        {"label": _("Has waited"), "kind": "num"},
        {"label": _("State")},
        {"label": _("Due")},
    ]


def row_of(review: PlanReview, *, today: dt.date) -> dict[str, Any]:
    waits = review.state == PlanReviewState.DRAWN
    tag = tag_of(review, today=today)
    return {
        "cells": [
            {"kind": "who", "text": review.case.person.name, "url": review.get_absolute_url()},
            {"label": _("Agreed by"), "text": str(review.author)},
            {"label": _("Drawn on"), "text": words.day_short(review.drawn_at)},
            {
                "label": _("Has waited"),
                "kind": "num",
                "text": words.days_between(review.drawn_at, today) if waits else "–",
            },
            {"label": _("State"), "text": capfirst(review.get_state_display())},
            {"label": _("Due"), "kind": "days"} | (tag if tag["tone"] != "idle" else {"text": ""}),
        ]
    }

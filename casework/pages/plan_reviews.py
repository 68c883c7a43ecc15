"""Plans that were drawn to be read a second time."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import PlanReview, Step
from casework.pages import lots
from casework.states import PlanReviewState
from kit import words
from kit.templatetags.kit import own

SHOWS = {"drawn": Q(), "read": Q(reviewed_at__isnull=False)}


def gather(review: PlanReview, *, user: User, today: dt.date) -> dict[str, Any]:
    return {
        "tag": lots.tag_of(review, today=today),
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
    rows, author = lots.counted_in(PlanReview.objects, user, now=now), _("Agreed by")
    draw = partial(lots.row_of, author=author)
    groups = lots.listed(rows, asked=asked, shows=SHOWS, done_at="reviewed_at", row_of=draw)
    return {"columns": lots.columns(author), "groups": groups}

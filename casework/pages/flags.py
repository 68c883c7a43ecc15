"""What colleagues mind of a case."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Case, Flag
from casework.rules import reads_for_smeda
from casework.states import FlagState
from kit import words
from kit.given import kept

MOST = 10


def tag_of(flag: Flag, *, today: dt.date) -> dict[str, str]:
    if flag.state == FlagState.CLEARED:
        return {"text": capfirst(flag.get_state_display()), "tone": "idle"}
    tone = "late" if flag.due_on < today else "soon"
    return {"text": words.due_in(flag.due_on, today), "tone": tone}


def gather(flag: Flag, *, user: User, today: dt.date) -> dict[str, Any]:
    is_raised = flag.state == FlagState.RAISED
    return {
        "tag": tag_of(flag, today=today),
        "answers": answers_of(flag),
        "may_clear": is_raised and user.has_perm("casework.clear_flag", flag),
        "may_restore": not is_raised and user.has_perm("casework.restore_flag", flag),
    }


def answers_of(flag: Flag) -> list[dict[str, Any]]:
    rows = [
        {"label": _("About"), "text": capfirst(flag.get_kind_display())},
        {"label": _("What to mind"), "text": flag.text},
        {"label": _("Who sees to it"), "text": str(flag.owner)},
        {"label": _("By when"), "text": words.day_plain(flag.due_on)},
        {"label": _("Raised by"), "text": str(flag.by), "small": words.day_plain(flag.at)},
    ]
    if flag.state == FlagState.CLEARED:
        settled = {"text": str(flag.cleared_by), "small": words.day_plain(flag.cleared_at)}
        rows += [{"label": _("Settled by"), **settled}, {"label": _("Why"), "text": flag.clearing}]
    return rows


def flags_of_case() -> QuerySet:
    """All of them: whoever reads the case for SMEDA sees them, and nobody else does."""
    rows = Flag.objects.of_given_case().select_related("owner", "cleared_by")
    return rows.order_by("-state", "due_on", "-id")[:MOST]


def of_case(request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """A panel beside the case: the standing ones first, then those that were settled."""
    today = timezone.localdate()
    found = kept(flags_of_case).ask({"case_id": case.pk}, case=case) if reads_for_smeda.test(request.user, case) else []
    lines = [
        {
            "flag": flag,
            "is_raised": flag.state == FlagState.RAISED,
            "title": capfirst(flag.get_kind_display()),
            "tag": tag_of(flag, today=today),
        }
        for flag in found
    ]
    is_urgent = any(line["is_raised"] for line in lines)
    return ("casework/_case_flags.html", {"lines": lines, "is_urgent": is_urgent}) if lines else None

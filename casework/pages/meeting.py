"""An appointment: when, where, with whom, and what can be done with it."""

import datetime as dt
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Meeting
from casework.states import MeetingState
from kit import words

TONES = {MeetingState.PROPOSED: "soon", MeetingState.MISSED: "late"}


def tag_of(meeting: Meeting) -> dict[str, str]:
    tone = TONES.get(MeetingState(meeting.state), "" if meeting.is_open else "idle")
    return {"text": capfirst(meeting.get_state_display()), "tone": tone}


def gather(meeting: Meeting, *, user: User, now: dt.datetime) -> dict[str, Any]:
    """What a colleague's page of it prints."""
    may_work = user.has_perm("casework.work_case", meeting) and meeting.is_open
    has_begun = meeting.starts_at <= now
    return {
        "tag": tag_of(meeting),
        "answers": answers_of(meeting, advisor=str(meeting.advisor)),
        "may_confirm": may_work and meeting.state == MeetingState.PROPOSED and not has_begun,
        "may_decline": may_work and not has_begun,
        "may_cancel": may_work and meeting.may_be_called_off(now),
        "may_miss": may_work and has_begun,
        "may_log": may_work,
    }


def answers_of(meeting: Meeting, *, advisor: str) -> list[dict[str, Any]]:
    begins, ends = (words.plain(words.clock(at)) for at in (meeting.starts_at, meeting.ends_at))
    rows = [
        {"label": _("When"), "text": words.day_plain(meeting.starts_at), "small": f"{begins} – {ends}"},
        {"label": _("How"), "text": meeting.get_channel_display()},
        {"label": _("Where"), "text": meeting.where},
        {"label": _("With whom"), "text": advisor},
    ]
    return [*rows, {"label": _("Why it was called off"), "text": meeting.why_called_off}] if meeting.reason else rows


def for_client(meeting: Meeting, *, now: dt.datetime) -> dict[str, Any]:
    """What the client's page of it prints; the officer's name only if the officer agrees."""
    advisor = meeting.advisor
    is_ahead = meeting.is_open and meeting.starts_at > now
    return {
        "tag": tag_of(meeting),
        "answers": answers_of(meeting, advisor=str(advisor) if advisor.is_named_to_clients else _("Your advisor")),
        "may_say_yes": is_ahead and meeting.state == MeetingState.PROPOSED,
        "may_say_no": is_ahead,
        "office": meeting.case.office,
    }

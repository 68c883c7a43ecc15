"""An appointment: when, where, with whom, and what can be done with it."""

import datetime as dt
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from casework.models import Channel, Meeting
from casework.states import MeetingState
from kit import words

TONES = {MeetingState.PROPOSED: "soon", MeetingState.MISSED: "late"}


class Asked(NamedTuple):
    """What is asked of the client, and said to them: whether they come, or whether the time suits them."""

    how: Promise
    ask: Promise
    cannot: Promise
    yes: Promise
    no: Promise
    thanks: Promise


SUITS = (
    gettext_lazy("Say whether the time suits you"),
    gettext_lazy("Does the time not suit you?"),
    gettext_lazy("Yes, the time suits me"),
    gettext_lazy("No, the time does not suit me"),
)
ASKED = {
    Channel.OFFICE: Asked(
        gettext_lazy("You come to us"),
        gettext_lazy("Say whether you come"),
        gettext_lazy("Cannot come?"),
        gettext_lazy("I come"),
        gettext_lazy("I cannot come"),
        gettext_lazy("Thank you. We expect you."),
    ),
    Channel.VISIT: Asked(gettext_lazy("We come to you"), *SUITS, gettext_lazy("Thank you. We come to you then.")),
    Channel.PHONE: Asked(gettext_lazy("We call you"), *SUITS, gettext_lazy("Thank you. We call you then.")),
}
# In the words of whoever is asked; the states' own words are a colleague's.
OWN_STATES = {
    MeetingState.PROPOSED: gettext_lazy("Waits for your yes"),
    MeetingState.CONFIRMED: gettext_lazy("You said yes"),
    MeetingState.DECLINED: gettext_lazy("You said no"),
    MeetingState.MISSED: gettext_lazy("Did not take place"),
}
# Where we come to the client, or call, nobody says that they come.
SAID = {
    MeetingState.CONFIRMED: gettext_lazy("The client said yes"),
    MeetingState.DECLINED: gettext_lazy("The client said no"),
}


def asked(meeting: Meeting) -> Asked:
    return ASKED[Channel(meeting.channel)]


def tag_of(meeting: Meeting, *, is_own: bool = False) -> dict[str, str]:
    state = MeetingState(meeting.state)
    tone = TONES.get(state, "" if meeting.is_open else "idle")
    said = OWN_STATES if is_own else {} if meeting.client_comes else SAID
    return {"text": str(said.get(state) or capfirst(state.label)), "tone": tone}


def gather(meeting: Meeting, *, user: User, now: dt.datetime) -> dict[str, Any]:
    """What a colleague's page of it prints."""
    may_work = user.has_perm("casework.work_case", meeting) and meeting.is_open
    has_begun = meeting.starts_at <= now
    return {
        "tag": tag_of(meeting),
        "answers": answers_of(meeting, advisor=str(meeting.advisor), how=meeting.get_channel_display()),
        "may_confirm": may_work and meeting.state == MeetingState.PROPOSED and not has_begun,
        "may_decline": may_work and not has_begun,
        "may_cancel": may_work and meeting.may_be_called_off(now),
        "may_miss": may_work and has_begun,
        "may_log": may_work,
    }


def answers_of(meeting: Meeting, *, advisor: str, how: str) -> list[dict[str, Any]]:
    span = words.clocks(meeting.starts_at, meeting.ends_at)
    rows = [
        {"label": _("When"), "text": words.plain(words.day(meeting.starts_at)), "small": span},
        {"label": _("How"), "text": how},
    ]
    if meeting.where:
        rows.append({"label": _("Where"), "text": meeting.where})
    rows.append({"label": _("With whom"), "text": advisor})
    return [*rows, {"label": _("Why it was called off"), "text": meeting.why_called_off}] if meeting.reason else rows


def for_client(meeting: Meeting, *, now: dt.datetime) -> dict[str, Any]:
    """What the client's page of it prints; the officer's name only if the officer agrees."""
    advisor = str(meeting.advisor) if meeting.advisor.is_named_to_clients else _("Your advisor")
    is_ahead = meeting.is_open and meeting.starts_at > now
    return {
        "tag": tag_of(meeting, is_own=True),
        "asked": asked(meeting),
        "answers": answers_of(meeting, advisor=advisor, how=str(asked(meeting).how)),
        "may_say_yes": is_ahead and meeting.state == MeetingState.PROPOSED,
        "may_say_no": is_ahead,
        "office": meeting.case.office,
    }

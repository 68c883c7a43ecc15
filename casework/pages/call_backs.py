"""Contacts that were drawn to be called back."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.call_backs import may_be_called
from casework.models import CallBack
from casework.pages import lots
from casework.querysets.call_backs import REACHED
from casework.states import CallBackState
from kit import words
from kit.templatetags.kit import own

SHOWS = {
    "drawn": Q(),
    "reached": Q(state__in=REACHED),
    "confirmed": Q(took_place=CallBack.Answer.YES),
    "vain": Q(state=CallBackState.VAIN),
}


def gather(back: CallBack, *, user: User, today: dt.date) -> dict[str, Any]:
    may_call = back.state == CallBackState.DRAWN and user.has_perm("casework.call_back", back)
    return {
        "tag": lots.tag_of(back, today=today),
        "contact": contact_of(back),
        "answers": answers_of(back),
        "may_call": may_call,
        "is_silent": may_call and not may_be_called(back),
        "may_settle": back.state == CallBackState.DENIED and user.has_perm("casework.settle_call_back", back),
    }


def contact_of(back: CallBack) -> list[dict[str, Any]]:
    """What stands there of the contact: what the client is asked about."""
    contact = back.contact
    rows = [
        {"label": _("Day"), "text": words.day_plain(contact.on), "small": contact.get_channel_display()},
        {"label": _("Logged by"), "text": str(back.author), "small": words.day_plain(back.logged_at)},
        {"label": _("What was agreed"), "text": own(contact.agreed)},
    ]
    if contact.next_on:
        rows.append({"label": _("Next contact on"), "text": words.day_plain(contact.next_on)})
    return rows


def answers_of(back: CallBack) -> list[dict[str, Any]]:
    rows = [
        {"label": _("State"), "text": capfirst(back.get_state_display())},
        {"label": _("Drawn on"), "text": words.day_plain(back.drawn_at), "small": back.read_at.label},
    ]
    if back.tried_on:
        days = words.listed([words.plain(words.day_short(day)) for day in back.tried_on])
        rows.append({"label": _("Tried in vain on"), "text": days})
    if back.called_by:
        rows.append({"label": _("Called by"), "text": str(back.called_by), "small": words.day_plain(back.called_at)})
    said = (
        (_("Did the talk take place?"), back.get_took_place_display()),
        (_("Was it agreed as it stands there?"), back.get_is_as_agreed_display()),
        (_("Is the client content with our help?"), back.get_is_content_display()),
    )
    rows += [{"label": label, "text": capfirst(answer)} for label, answer in said if answer]
    if back.words:
        rows.append({"label": _("What the client said"), "text": own(back.words)})
    if back.settled_by:
        rows.append({"label": _("Decided by"), "text": str(back.settled_by), "small": words.day_plain(back.settled_at)})
        rows.append({"label": _("What was decided"), "text": own(back.decision)})
    return rows


def listed(user: User, *, asked: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    rows, author = lots.counted_in(CallBack.objects, user, now=now), _("Logged by")
    draw = partial(lots.row_of, author=author)
    groups = lots.listed(rows, asked=asked, shows=SHOWS, done_at="called_at", row_of=draw)
    return {"columns": lots.columns(author), "groups": groups}

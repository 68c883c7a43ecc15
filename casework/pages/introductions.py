"""Where a client was sent besides the lender, and what came of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.introductions import code_of, was_before
from casework.destinations import names_of
from casework.models import Case, Contact, Introduction
from casework.states import IntroductionState
from journal.models import Event
from journal.sentences import sentence
from kit import words
from kit.given import kept
from kit.text import apart

MOST = 20
TALKS = 10


def tag_of(sent: Introduction, *, today: dt.date) -> dict[str, str]:
    if sent.state != IntroductionState.SENT:
        tone = "" if sent.state == IntroductionState.ANSWERED else "idle"
        return {"text": capfirst(sent.get_state_display()), "tone": tone}
    return {"text": words.due_in(sent.due_on, today), "tone": "late" if sent.due_on < today else "soon"}


def talks_since(sent: Introduction) -> Any:
    """The talks in which the client can have told of it, the newest first."""
    found = Contact.objects.standing().filter(case=sent.case_id).since(sent.at).order_by("-at", "-id")
    return Contact.objects.filter(pk__in=list(found.values_list("pk", flat=True)[:TALKS])).order_by("-at", "-id")


def gather(sent: Introduction, *, user: User, today: dt.date) -> dict[str, Any]:
    may_answer = sent.state == IntroductionState.SENT and user.has_perm("casework.work_case", sent)
    return {
        "tag": tag_of(sent, today=today),
        "answers": answers_of(sent),
        "may_answer": may_answer,
        "offers": offers_of(sent) if may_answer and sent.offered_ids else [],
    }


def offers_of(sent: Introduction) -> list[dict[str, Any]]:
    """What stands in the client's history and may be what they were sent for."""
    names = names_of(sent.to)
    return [
        {"id": event.pk, "what": said_of(event, names), "at": event.at, "before": before_of(sent, event)}
        for event in Event.objects.filter(pk__in=sent.offered_ids).order_by("at", "pk")
    ]


def before_of(sent: Introduction, event: Event) -> str:
    """Why it is asked of the very thing that was named."""
    if not was_before(sent, event):
        return ""
    day = words.plain(words.day_plain(dt.date.fromisoformat(event.data["on"])))
    return _("The paper is of {day}, or they had it before: then the referral did not bring it.").format(day=day)


def said_of(event: Event, names: Mapping[str, str]) -> str:
    """The event, with which course or registration it was; a code that nobody knows is said as it is."""
    code = code_of(event)
    return _("{what}: {which}").format(what=sentence(event), which=apart(names.get(code, code)))


def answers_of(sent: Introduction) -> list[dict[str, Any]]:
    rows = [
        {"label": _("Where to"), "text": sent.place, "small": capfirst(sent.get_to_display())},
        {"label": _("What for"), "text": sent.why},
        {"label": _("Sent by"), "text": str(sent.by), "small": words.day_plain(sent.at)},
    ]
    if sent.state == IntroductionState.SENT:
        return [*rows, {"label": _("Ask by"), "text": words.day_plain(sent.due_on)}]
    if sent.answering_event_id:
        itself = {"text": _("By itself: it stands in the client's history")}
        history = {"text": _("The client's history"), "small": str(sent.ended_by)}
        rows.append({"label": _("Known from"), **(itself if sent.ended_by.is_system else history)})
    elif sent.contact:
        talk = {"text": words.day_plain(sent.contact.on), "small": sent.contact.agreed}
        rows.append({"label": _("Told in the talk of"), **talk})
    if sent.reason:
        rows.append({"label": _("What came of it"), "text": sent.reason})
    return rows


def introductions_of_case() -> QuerySet:
    return Introduction.objects.of_given_case().order_by("-at", "-id")[:MOST]


def of_case(request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """A panel beside the case: all of them with their outcome, the newest first."""
    today = timezone.localdate()
    found = kept(introductions_of_case).ask({"case_id": case.pk}, case=case)
    lines = [{"sent": sent, "tag": tag_of(sent, today=today)} for sent in found]
    return ("casework/_case_introductions.html", {"lines": lines}) if lines else None

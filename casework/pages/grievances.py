"""Complaints as their pages show them: to who made one, and to who answers."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.actions.grievance_owners import Matter, owner_of
from casework.models import SILENCE, Grievance, GrievanceEntry
from casework.states import GrievanceState
from enterprises.models import Sex
from kit import phones, words
from kit.paging import page
from kit.templatetags.kit import own

ORDER = ("due_on", "id")
MOST_SHOWN = 5
# Each on its own in the figures, in the order in which a complaint comes by them.
COUNTED = (
    GrievanceState.RECEIVED,
    GrievanceState.REPLIED,
    GrievanceState.DISPUTED,
    GrievanceState.RESOLVED,
    GrievanceState.CLOSED,
)
TONES = {
    GrievanceState.RECEIVED: "soon",
    GrievanceState.REPLIED: "soon",
    GrievanceState.DISPUTED: "late",
    GrievanceState.RESOLVED: "",
    GrievanceState.CLOSED: "idle",
}


def state_tag(grievance: Grievance) -> dict[str, Any]:
    return {"text": capfirst(grievance.get_state_display()), "tone": TONES[GrievanceState(grievance.state)]}


def holder_of(grievance: Grievance) -> str:
    """Who has it, to who made it: office, or the committee above it; the name only where the officer agrees.

    Asks for a row of `for_list`.
    """
    if grievance.owner is None:
        return words.listed([_("Nobody yet: we look for somebody who may answer it"), grievance.office.label])
    name = str(grievance.owner) if grievance.owner.is_named_to_clients else ""
    place = _("Steering committee of the programme") if grievance.is_with_committee else grievance.office.label
    return words.listed(filter(None, [name, place]))


def what_follows(grievance: Grievance, *, today: date) -> str:
    """What happens where nobody answers by the day: it goes to another, if there is one."""
    above = owner_of(Matter.of(grievance), today=today, above=grievance.owner)
    if above.user in {None, grievance.owner}:
        return _("Nobody stands above who has it. After that it stays on top of their list.")
    return _("After that it goes to somebody else.")


def shared(grievance: Grievance, *, today: date) -> dict[str, Any]:
    """The complaint as who made it reads it: no note for colleagues, and no name that is not told."""
    entries = grievance.entries.exclude(kind=GrievanceEntry.Kind.NOTE).order_by("at", "id")
    said = [
        {
            "kind": entry.get_kind_display() if entry.by_id else _("You"),
            "text": entry.text or _("It is put right."),
            "at": entry.at,
        }
        for entry in entries
    ]
    may_judge = grievance.state in {GrievanceState.REPLIED, GrievanceState.RESOLVED}
    is_waiting = grievance.state in {GrievanceState.RECEIVED, GrievanceState.REPLIED, GrievanceState.DISPUTED}
    resolved_at = grievance.resolved_at
    return {
        "grievance": grievance,
        "tag": state_tag(grievance),
        "holder": holder_of(grievance),
        "entries": said,
        "may_judge": may_judge,
        "is_waiting": is_waiting,
        "then": what_follows(grievance, today=today) if is_waiting else "",
        "closes_on": resolved_at + SILENCE if resolved_at and grievance.state == GrievanceState.RESOLVED else None,
    }


def of_person(person: Any) -> list[dict[str, Any]]:
    """What somebody complained of when signed in, the newest first."""
    rows = Grievance.objects.filter(complainant=person).select_related("category").order_by("-received_at", "-id")
    return [{"grievance": grievance, "tag": state_tag(grievance)} for grievance in rows[:50]]


def open_of(person: Any) -> list[dict[str, Any]]:
    """Those that are not closed, with who has them and until when."""
    rows = Grievance.objects.open().filter(complainant=person).for_list().order_by("due_on", "id")
    return [
        {
            "grievance": grievance,
            "tag": state_tag(grievance),
            "holder": holder_of(grievance) if grievance.state != GrievanceState.RESOLVED else "",
        }
        for grievance in rows[:MOST_SHOWN]
    ]


@dataclass(frozen=True)
class GrievanceList:
    columns: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    next_url: str
    previous_url: str
    is_closed: bool


def gather(user: User, *, on: date, is_closed: bool, after: str) -> GrievanceList:
    """Those in the user's sight, the earliest due first."""
    rows = Grievance.objects.visible_to(user)
    rows = rows.filter(state=GrievanceState.CLOSED) if is_closed else rows.open()
    found = page(rows.for_list(), order=ORDER, after=after)
    shown = "closed=1&" if is_closed else ""
    return GrievanceList(
        columns=[
            {"label": _("Late")},
            {"label": _("Number")},
            {"label": _("About")},
            {"label": _("State")},
            {"label": _("Who has it")},
        ],
        groups=[{"rows": [row_of(row, on=on) for row in found.rows]}] if found.rows else [],
        next_url=f"?{shown}after={found.next}" if found.next else "",
        previous_url=f"?{shown}after={found.previous}" if found.previous else "",
        is_closed=is_closed,
    )


def row_of(grievance: Grievance, *, on: date) -> dict[str, Any]:
    is_waiting = grievance.state not in {GrievanceState.RESOLVED, GrievanceState.CLOSED}
    late = {"text": words.due_in(grievance.due_on, on), "tone": "late" if grievance.due_on < on else "idle"}
    where = [part.label for part in (grievance.about_office, grievance.district) if part]
    return {
        "cells": [
            {"kind": "days"} | (late if is_waiting else {"text": "", "tone": ""}),
            {"kind": "who", "text": grievance.number, "url": grievance.get_absolute_url()},
            {"kind": "what", "text": grievance.category.label, "small": words.listed(where[:1])},
            {"text": capfirst(grievance.get_state_display()), "label": _("State")},
            {"text": words.listed(filter(None, (grievance.office, grievance.owner))), "label": _("Who has it")},
        ]
    }


def figures(user: User) -> dict[str, Any]:
    """How complaints in the user's sight stand, by who complained: an answer alone is never counted as put right."""
    found = Counter(
        {
            (row["sex"], row["state"]): row["number"]
            for row in Grievance.objects.visible_to(user).order_by().values("sex", "state").annotate(number=Count("pk"))
        }
    )
    sexes = [*Sex.choices, ("", _("Not said"))]
    rows = [figures_of([found[sex, state] for state in COUNTED], label) for sex, label in sexes]
    total = [sum(found[sex, state] for sex, _label in sexes) for state in COUNTED]
    return {
        "columns": [{"label": _("Who complained")}, *({"label": one, "kind": "num"} for one in figure_heads())],
        "groups": [{"rows": [*rows, figures_of(total, _("All"))]}],
    }


def figure_heads() -> list[Any]:
    return [_("All received"), *(capfirst(GrievanceState(state).label) for state in COUNTED)]


def figures_of(numbers: list[int], label: Any) -> dict[str, Any]:
    """Received are all of them, however they stand now."""
    cells = [
        {"kind": "num", "text": words.number(number), "label": head}
        for number, head in zip([sum(numbers), *numbers], figure_heads(), strict=True)
    ]
    return {"cells": [{"kind": "who", "text": label}, *cells]}


def detail(grievance: Grievance, *, user: User) -> dict[str, Any]:
    """The complaint for who answers it. Whose name it bears is shown to them alone."""
    reads_name = user.has_perm("casework.read_complainant", grievance)
    entries = grievance.entries.select_related("by").order_by(F("at"), "id")
    may_answer = user.has_perm("casework.answer_grievance", grievance)
    is_open = grievance.state != GrievanceState.CLOSED
    return {
        "grievance": grievance,
        "tag": state_tag(grievance),
        "facts": facts_of(grievance, reads_name=reads_name),
        "entries": [entry_of(entry) for entry in entries],
        "may_answer": may_answer and is_open and grievance.state != GrievanceState.RESOLVED,
        "may_note": may_answer,
        "may_direct": is_open and user.has_perm("casework.direct_grievance", grievance),
    }


def facts_of(grievance: Grievance, *, reads_name: bool) -> list[dict[str, Any]]:
    about = filter(None, (grievance.about_office, grievance.about_user))
    facts = [
        {"icon": "users", "label": _("About"), "text": grievance.get_about_display(), "small": words.listed(about)},
        {"icon": "person", "label": _("Who complained"), **complainant_of(grievance, reads_name=reads_name)},
        {"icon": "calendar", "label": _("Answer due"), "text": words.day(grievance.due_on)},
        {
            "icon": "person",
            "label": _("Who has it"),
            "text": str(grievance.owner or _("Nobody in particular")),
            "small": grievance.office.label,
        },
        {
            "icon": "clock",
            "label": _("Received"),
            "text": words.day(grievance.received_at),
            "small": grievance.get_channel_display(),
        },
    ]
    if grievance.place or grievance.district:
        where = [own(grievance.place)] if grievance.place else []
        facts.append({"icon": "pin", "label": _("Where"), "text": where or grievance.district.label})
    return facts


def complainant_of(grievance: Grievance, *, reads_name: bool) -> dict[str, Any]:
    if not reads_name:
        return {"text": _("The complainant"), "small": _("The name is not shown to you.")}
    person = grievance.complainant
    name = person.name if person else grievance.name
    phone = person.phone if person else grievance.phone
    small = [phones.display(phone)] if phone else []
    if grievance.is_for_another:
        small.append(_("for somebody else"))
    return {"text": [own(name)] if name else _("Not said"), "small": words.listed(small)}


def entry_of(entry: GrievanceEntry) -> dict[str, Any]:
    return {
        "kind": entry.get_kind_display(),
        "who": str(entry.by) if entry.by else _("The complainant"),
        "text": entry.text,
        "at": entry.at,
        "is_note": entry.kind == GrievanceEntry.Kind.NOTE,
    }

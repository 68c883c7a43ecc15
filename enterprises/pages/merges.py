"""Two records side by side, and what joining them does, as pages print it."""

import datetime as dt
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises import relations
from enterprises.actions.merge_plans import EMPTY, Line, Plan, fills
from enterprises.actions.merges import later_rows, why_not_undone
from enterprises.details import label_of, source_of, text_of
from enterprises.models import Enterprise, Merge, Person, Statement
from enterprises.relations import PERSON
from enterprises.summaries import label_of_relative
from kit import cnic, phones, words
from kit.templatetags.kit import bdi, own
from kit.text import apart

SHOWN = (
    "name", "parent_name", "birth_year", "sex", "cnic", "phone", "phone_owner", "language", "channel", "reading",
    "education",
)  # fmt: skip


def compared(kept: Person, gone: Person, *, viewer: User) -> list[dict[str, Any]]:
    """Each fact of both, who stated it, and which of them stands afterwards."""
    goes_over = fills(PERSON, (kept.pk, gone.pk))
    stated = [Statement.objects.filter(person=person).by_field() for person in (kept, gone)]
    return [
        {
            "label": label_beside(kept, gone, name),
            "sides": [
                side(person, name, source=source_of(by_field.get(name), viewer=viewer), viewer=viewer)
                for person, by_field in zip((kept, gone), stated, strict=True)
            ],
            "verdict": verdict(getattr(kept, name), getattr(gone, name), goes_over=name in goes_over),
        }
        for name in SHOWN
        if getattr(kept, name) not in EMPTY or getattr(gone, name) not in EMPTY
    ]


def label_beside(kept: Person, gone: Person, name: str) -> str:
    """What a fact of both is called: the name of a father and that of a husband stand in one line under neither."""
    if name != "parent_name":
        return label_of(kept, name)
    said = {person.parent_relation for person in (kept, gone) if person.parent_name}
    return label_of_relative(said.pop() if len(said) == 1 else "")


def side(person: Person, name: str, *, source: dict[str, Any], viewer: User) -> dict[str, Any]:
    """As colleagues see it in lists: enough of card and phone to tell them apart; and who stated it."""
    if name == "phone":
        return {"text": bdi(phones.masked(person.phone)) if person.phone else ""} | source
    if name == "cnic" and person.cnic:
        small = words.listed(filter(None, (source.get("small"), person.get_cnic_standing_display())))
        return {"text": bdi(cnic.masked(person.cnic)), "small": small}
    return {"text": text_of(person, name, viewer=viewer)} | source


def verdict(mine: Any, theirs: Any, *, goes_over: bool) -> dict[str, str]:
    """What becomes of a fact: a status in words. Whose phone it is goes over with the phone."""
    if mine == theirs or theirs in EMPTY:
        return {"text": "", "tone": ""}
    if goes_over:
        return {"text": _("goes over"), "tone": ""}
    return {"text": _("differs: the first stands"), "tone": "soon"}


# What tells two businesses apart, or shows that they are one.
OF_BUSINESS = ("sector", "what", "place", "district", "started_on")


def laid_beside(mine: list[Enterprise], theirs: list[Enterprise], *, viewer: User) -> list[dict[str, Any]]:
    """Each business of both, with what it takes to say whether two of them are one; of another office's, not that."""
    shown = [one.pk for one in (*mine, *theirs)]
    seen = set(Enterprise.objects.visible_to(viewer).filter(pk__in=shown).values_list("pk", flat=True))
    elsewhere = [{"label": _("Office"), "text": _("Another office's")}]
    heads = [(one, _("Kept")) for one in mine] + [(one, _("Goes over")) for one in theirs]
    return [
        {
            "called": one.called,
            "reference": one.reference,
            "head": head,
            "facts": facts_of(one, viewer=viewer) if one.pk in seen else elsewhere,
        }
        for one, head in heads
    ]


def facts_of(enterprise: Enterprise, *, viewer: User) -> list[dict[str, Any]]:
    case = getattr(enterprise, "case", None)
    known = [
        *((label_of(enterprise, name), text_of(enterprise, name, viewer=viewer)) for name in OF_BUSINESS),
        (_("Registered"), words.plain(words.day_plain(localdate(enterprise.registered_at)))),
        (_("Advisor"), own(case.advisor) if case else ""),
    ]
    return [{"label": label, "text": text} for label, text in known if text]


def columns() -> list[dict[str, str]]:
    return [{"label": _("What")}, {"label": _("How many")}, {"label": _("How")}]


def groups(lines: list[Line]) -> list[dict[str, Any]]:
    """The relations that hold something, with their numbers and their rule."""
    rows = []
    for line in lines:
        numbers = ((_("Go over"), line.going), (_("End"), line.ending), (_("Stay"), line.staying))
        said = words.listed(f"{label}: {number}" for label, number in numbers if number)
        cells = [
            {"text": str(line.title), "kind": "who"},
            {"text": said, "label": _("How many")},
            {"text": str(line.words), "label": _("How")},
        ]
        rows.append({"cells": cells})
    return [{"title": "", "rows": rows}]


def businesses(plan: Plan) -> list[str]:
    """Which business goes into which, in words."""
    pks = [pk for pair in plan.pairs[relations.ENTERPRISE] for pk in pair]
    found = Enterprise.objects.in_bulk(pks)
    return [
        _("%(gone)s goes into %(kept)s.") % {"gone": apart(found[gone].reference), "kept": apart(found[kept].reference)}
        for kept, gone in plan.pairs[relations.ENTERPRISE]
    ]


def last_day(at: dt.datetime) -> str:
    """Until when a merge of that moment can be undone."""
    return words.plain(words.day_plain(localdate(at + Merge.UNDONE_WITHIN)))


def moved_by(merge: Merge) -> list[tuple[str, int]]:
    """How many rows went over under which title; one that hangs on person and business is counted once."""
    rows: dict[str, set[int]] = {}
    for path, row in merge.rows.values_list("path", "row_id"):
        rows.setdefault(path, set()).add(row)
    counted: dict[str, set[int]] = {}
    found = []
    for relation in relations.installed():
        before = counted.setdefault(relation.model._meta.label, set())
        if relation.title and (new := rows.get(relation.path, set()) - before):
            before |= new
            found.append((str(relation.title), len(new)))
    return found


def of_merge(merge: Merge, *, at: dt.datetime) -> dict[str, Any]:
    """What was joined, by whom, how many rows of what went over, and whether it can be undone."""
    counted: dict[str, int] = {}
    for title, number in moved_by(merge):
        counted[title] = counted.get(title, 0) + number
    return {
        "merge": merge,
        "moved": [{"label": label, "text": number} for label, number in counted.items()],
        "later": [{"label": title, "text": number} for title, number in later_rows(merge)]
        if merge.undone_at is None
        else [],
        "why_not": why_not_undone(merge, now=at),
        "until": last_day(merge.at),
    }

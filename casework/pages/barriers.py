"""Obstacles with authorities: beside a case, on the list of all, and each on its page."""

import datetime as dt
import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django.db.models import Case as Choose
from django.db.models import QuerySet, When
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Barrier, BarrierReport, Case
from casework.rules import reads_for_smeda
from journal.models import Event
from kit import words
from kit.given import kept
from kit.templatetags.kit import own
from kit.text import as_read

MOST = 10
# How many are offered to be joined, and of a hundred letters how many are the same.
ALIKE, NEAR = 5, 0.8
COLUMNS = ("what", "authority", "district", "cases", "median", "owner", "answer")


def reports_of_case() -> QuerySet:
    """Those that stand: whoever reads the case for SMEDA sees them, and nobody else does."""
    rows = BarrierReport.objects.standing().of_given_case()
    return rows.select_related("barrier__authority").order_by("-at", "-pk")


def panel(request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """What this client met, with the days that it cost. Nothing where nothing stood in the way."""
    met = kept(reports_of_case).ask({"case_id": case.pk}, case=case) if reads_for_smeda.test(request.user, case) else []
    may_remove = bool(met) and request.user.has_perm("casework.report_barrier", case)
    return ("casework/_case_barriers.html", {"reports": met, "may_remove": may_remove}) if met else None


def taken_back(user: User, *, since: dt.datetime) -> list[tuple[BarrierReport, str]]:
    """What the user took back and can put back, each in words, for the page of all that can be taken back."""
    rows = BarrierReport.objects.removed_by(user, since=since)
    rows = rows.select_related("case__person", "case__enterprise", "barrier__authority")
    return [(one, one.barrier.authority.label) for one in rows.order_by("-removed_at")[:50]]


def known_in(case: Case) -> Any:
    """The obstacles of the district, the commonest first."""
    found = Barrier.objects.met_in([case.enterprise.district_id]).worst_first()
    known = [one.pk for one in found]
    place = Choose(*(When(pk=pk, then=at) for at, pk in enumerate(known)), default=len(known))
    return Barrier.objects.for_list().filter(pk__in=known).order_by(place)


def columns() -> list[dict[str, Any]]:
    heads = (
        _("Obstacle"),
        _("Authority"),
        _("District"),
        _("Clients"),
        _("Days lost, median"),
        _("Who sees to it"),
        _("What came of it"),
    )
    return [
        {"label": head, "kind": "num" if name in {"cases", "median"} else ""}
        for name, head in zip(COLUMNS, heads, strict=True)
    ]


def groups(barriers: Iterable[Any], *, is_linked: bool) -> list[dict[str, Any]]:
    """Rows for `components/rows.html`."""
    heads = columns()
    rows = []
    for barrier in barriers:
        texts = (
            barrier.what,
            barrier.authority.label,
            barrier.district.label,
            words.plain(words.number(barrier.cases)),
            days(barrier.median),
            own(barrier.seen_to_by) if barrier.seen_to_by else "–",
            own(barrier.came_of_it) if barrier.came_of_it else "–",
        )
        cells = [
            {"text": text, "label": head["label"], "kind": head["kind"]}
            for text, head in zip(texts, heads, strict=True)
        ]
        cells[0] |= {"kind": "who", "url": barrier.get_absolute_url() if is_linked else ""}
        rows.append({"cells": cells})
    return [{"title": "", "rows": rows}] if rows else []


def days(median: float | None) -> str:
    """Whole days, half a one rounded up; nobody met it: a dash."""
    return "–" if median is None else words.plain(words.number(math.floor(median + 0.5)))


def alike(barrier: Barrier) -> list[Barrier]:
    """Others of its authority, of any district, whose words read the same or nearly so: the nearest first."""
    others = Barrier.objects.living().filter(authority=barrier.authority_id).exclude(pk=barrier.pk)
    keys = {one: as_read(one.what) for one in others.for_list().order_by("pk")}
    near = get_close_matches(as_read(barrier.what), set(keys.values()), n=ALIKE, cutoff=NEAR)
    found = [one for one, key in keys.items() if key in near]
    return sorted(found, key=lambda one: near.index(keys[one]))[:ALIKE]


def wordings(barrier: Barrier) -> list[Any]:
    """How it was worded before, the last time first, with who worded it anew and when."""
    events = Event.objects.filter(
        target_label=barrier._meta.label_lower, target_id=barrier.pk, name="casework.barrier_reworded"
    )
    return list(events.select_related("by").order_by("-at", "-pk"))


def worst(rows: Any, *, limit: int = MOST) -> list[Any]:
    """The obstacles that held up most clients, then those that cost most days."""
    return [one for one in rows.worst_first().for_list()[:limit] if one.cases]

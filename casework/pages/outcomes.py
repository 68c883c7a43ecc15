"""What came of the hand-holding: what was measured, when, how it is known, and what is asked."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import Band, Case, FollowUp, Measure, Point
from kit import words
from kit.given import kept

What = Measure.What
TONES = {"said": "idle", "seen": "idle"}
MOST_TAKEN_OUT = 20
# These add up; of the others the newest counts.
ADDED = frozenset({What.REGISTRATIONS, What.LOAN})


def said(measure: Measure) -> str:
    """How much, as people read it."""
    what = What(measure.what)
    if what in Measure.BANDS:
        return str(Band(measure.value).label)
    if what in Measure.RUPEES:
        return words.plain(words.rupees(measure.value))
    if what == What.BANK:
        return _("Yes") if measure.value else _("No")
    return words.plain(words.number(measure.value))


def otherwise(measure: Any) -> str:
    """What the client says of the same, where it is something else."""
    if measure.grade == Measure.Grade.CONFIRMED or measure.own_word in {None, measure.value}:
        return ""
    own = said(Measure(what=measure.what, value=measure.own_word))
    return _("the client says: {value}").format(value=own)


def tag_of(measure: Measure) -> dict[str, str]:
    return {"text": capfirst(measure.get_grade_display()), "tone": TONES.get(measure.grade, "")}


def measures_of_case() -> QuerySet:
    return Measure.objects.of_given_case().counted().with_own_word().order_by("on", "pk")


def panel(_request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """Beside the case: of each thing the beginning and the newest. Nothing where nothing was measured."""
    measures = kept(measures_of_case).ask({"case_id": case.pk}, case=case)
    if not measures:
        return None
    return "casework/_case_outcomes.html", {"lines": lines_of(measures), "case": case}


def lines_of(measures: Iterable[Measure]) -> list[dict[str, Any]]:
    """One line for each thing, in the order of the questions."""
    found: dict[str, list[Measure]] = {}
    for measure in measures:
        found.setdefault(measure.what, []).append(measure)
    lines = []
    for what in What:
        rows = found.get(what, [])
        if not rows:
            continue
        newest = rows[-1]
        shown = Measure(what=what, value=sum(row.value for row in rows)) if what in ADDED else newest
        first = next((row for row in rows if row.point == Point.BASELINE and row is not newest), None)
        lines.append(
            {
                "label": what.label,
                "value": said(shown),
                "on": newest.on,
                "tag": tag_of(newest),
                "before": _("{value} at the beginning").format(value=said(first)) if first else "",
                "otherwise": otherwise(newest),
            }
        )
    return lines


def gather(case: Case, *, user: User) -> dict[str, Any]:
    """The page of all results of a case."""
    measures = Measure.objects.visible_to(user).standing().with_own_word().filter(case=case)
    may_measure = user.has_perm("casework.measure_case", case)
    rows = [
        {
            "measure": measure,
            "label": measure.get_what_display(),
            "value": said(measure),
            "tag": tag_of(measure),
            "point": measure.get_point_display(),
            "paper": measure.paper.kind.label if measure.paper else "",
            "otherwise": otherwise(measure),
            "who": _("by the client") if measure.grade == Measure.Grade.CONFIRMED else str(measure.by),
            "may_remove": may_measure and measure.grade != Measure.Grade.CONFIRMED and measure.event_id is None,
        }
        for measure in measures.select_related("by", "paper__kind").order_by("-on", "-pk")
    ]
    follow_ups = FollowUp.objects.visible_to(user).filter(case=case).order_by("asked_at", "pk")
    return {
        "rows": rows,
        "may_measure": may_measure,
        "is_any_to_remove": any(row["may_remove"] for row in rows),
        "taken_out": taken_out(case, user=user),
        "follow_ups": [{"follow_up": one, "state": state_of(one)} for one in follow_ups],
    }


def taken_out(case: Case, *, user: User) -> list[dict[str, Any]]:
    """What colleagues took out, with why and by whom, the newest first."""
    rows = Measure.objects.visible_to(user).filter(case=case).exclude(removed_because="")
    return [
        {"label": one.get_what_display(), "value": said(one), "one": one}
        for one in rows.select_related("removed_by").order_by("-removed_at")[:MOST_TAKEN_OUT]
    ]


def state_of(follow_up: FollowUp) -> str:
    """Where it stands, in a line."""
    asked = capfirst(follow_up.get_point_display())
    if not follow_up.answered_at:
        by = _("by {day}").format(day=words.plain(words.day_short(follow_up.due_on)))
        return f"{asked} · {follow_up.get_state_display()} · {by}"
    how = _("by themselves") if follow_up.by_themselves else follow_up.get_channel_display()
    anyway = _("Without us? {answer}").format(answer=follow_up.get_anyway_display())
    day = words.plain(words.day_short(follow_up.answered_at))
    return f"{asked} · {day} · {how} · {anyway}"


def last_said(case: Case) -> dict[str, str]:
    """What stands of each thing, in words, to stand beside the questions."""
    rows = case.measures.counted().exclude(what__in=ADDED).order_by("on", "pk")
    return {measure.what: said(measure) for measure in rows}


def own_words(follow_up: FollowUp) -> dict[str, Any]:
    """What the client answered themselves, to begin with when they put it right; nothing of anybody else's."""
    if not follow_up.by_themselves:
        return {}
    rows = follow_up.measures.standing().filter(grade=Measure.Grade.CONFIRMED)
    return dict(rows.values_list("what", "value")) | {"anyway": follow_up.anyway}


def shown_of(case: Case) -> str:
    """The figures that may give way, by number: whoever writes saw these."""
    rows = case.measures.standing().exclude(point=Point.OTHER).order_by("pk")
    return ".".join(str(number) for number in rows.values_list("pk", flat=True))


def answers_of(follow_up: FollowUp) -> dict[str, Any]:
    """What was answered, for who comes back to the page; apart from it what a colleague was told, and what papers say.

    Of what nobody called right or wrong yet the client is asked, if their days are not over.
    """
    rows = list(follow_up.measures.standing().order_by("pk"))
    own = [one for one in rows if one.grade == Measure.Grade.CONFIRMED]
    first = own if follow_up.by_themselves else rows
    papers = follow_up.case.measures.standing().filter(point=follow_up.point, paper__isnull=False)
    anyway = {"label": _("Would it be so without SMEDA and Akhuwat?"), "text": follow_up.get_anyway_display()}
    return {
        "answers": [*in_lines(first), anyway],
        "as_told": in_lines(one for one in rows if one not in first),
        "from_papers": in_lines(papers.select_related("paper__kind").order_by("pk")),
        "is_to_confirm": FollowUp.objects.to_confirm().filter(pk=follow_up.pk).exists(),
    }


def in_lines(measures: Iterable[Measure]) -> list[dict[str, str]]:
    """Each figure; with the paper that says so, and its day."""
    return [{"label": one.get_what_display(), "text": with_paper(one)} for one in measures]


def with_paper(measure: Measure) -> str:
    if measure.paper is None:
        return said(measure)
    day = words.plain(words.day_plain(measure.on))
    return f"{said(measure)} · {measure.paper.kind.label} · {day}"


def removed(user: User, *, since: dt.datetime) -> list[tuple[Measure, str]]:
    """Figures that the user took out and can put back, each in words, for the page of all that can be taken back."""
    rows = Measure.objects.removed_by(user, since=since).select_related("case__person", "case__enterprise")
    return [(one, f"{one.get_what_display()}: {said(one)}") for one in rows.order_by("-removed_at")[:50]]

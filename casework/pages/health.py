"""A business check: the areas to ask about, and what came of it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from casework.actions.health import CHECKED_IN, again
from casework.models import Answer, Area, Case, HealthCheck, Question, Questionnaire
from casework.querysets import WEAK
from casework.states import HealthState
from kit import words
from kit.given import kept

# From how many of 100 on, in which words and tone; the last line is everything below.
BANDS = (
    (70, gettext_lazy("stands well"), ""),
    (40, gettext_lazy("on the way"), "soon"),
    (0, gettext_lazy("look at this first"), "late"),
)


def band_of(score: int) -> tuple[str, str]:
    """The words and the tone of a score."""
    _least, said, tone = next(band for band in BANDS if score >= band[0])
    return str(said), tone


def percent(score: int) -> str:
    return f"{score}%"


def may_check(case: Case, user: User) -> bool:
    return case.state in CHECKED_IN and user.has_perm("casework.work_case", case)


def of_case(case: Case, *, user: User) -> dict[str, Any]:
    """Every check of the case, the newest first; one that is begun stands above them."""
    checks = list(HealthCheck.objects.visible_to(user).filter(case=case).select_related("by", "done_by"))
    done = sorted((check for check in checks if check.done_at), key=lambda check: check.done_at, reverse=True)
    last = done[0] if done else None
    return {
        "draft": next((check for check in checks if check.state == HealthState.DRAFT), None),
        "last": last,
        "asks": again(last),
        "done": [{"check": check, "overall": percent(check.overall)} for check in done],
        "may_work": may_check(case, user),
        "questions": Question.objects.filter(questionnaire=Questionnaire.objects.current()).count(),
    }


def to_answer(check: HealthCheck) -> list[dict[str, Any]]:
    """The areas of a check that is begun, each with how much of it is answered."""
    asked: dict[str, int] = {}
    for area in check.questionnaire.questions.values_list("area", flat=True):
        asked[area] = asked.get(area, 0) + 1
    answered = check.answers.by_area()
    return [
        {
            "label": area.label,
            "state": "done" if answered.get(area, 0) == asked[area] else "todo",
            "note": _("{done} of {all} answered").format(done=answered.get(area, 0), all=asked[area]),
            "url": reverse("casework:health-area", args=[check.pk, area]),
        }
        for area in Area
        if area in asked
    ]


def next_of(check: HealthCheck) -> str:
    """Where it goes on: the first area that is not answered, or the page where it is finished."""
    return next((line["url"] for line in to_answer(check) if line["state"] == "todo"), check.get_absolute_url())


def result(check: HealthCheck) -> dict[str, Any]:
    """The scores of a finished check as bars and as a figure, beside those of the last one; and every answer."""
    before: HealthCheck | None = HealthCheck.objects.before(check).first()
    had = before.scores if before else {}
    points = []
    for area, score in check.areas:
        known = had.get(area)
        points.append(
            {
                "label": str(area.label),
                "value": score,
                "text": percent(score),
                "band": band_of(score),
                "before": known,
                "before_text": "–" if known is None else percent(known),
            }
        )
    head = [_("Area"), column(check, beside=before)]
    answers = list(check.answers.for_list())
    return {
        "points": points,
        "head": [*head, column(before, beside=check)] if before else head,
        "title": _("{score} of 100").format(score=check.overall),
        "summary": words.listed(f"{point['label']} {point['text']}" for point in points),
        "before": before,
        "sentence": compared(check, before),
        "weak": [answer for answer in answers if answer.option.points <= WEAK],
        "areas": [(area.label, of_area(answers, area)) for area in Area],
    }


def column(check: HealthCheck, *, beside: HealthCheck | None) -> str:
    """The day of a check; beside another one of that day with its time."""
    day = words.plain(words.day_short(check.done_at))
    if beside is None or not is_same_day(check, beside):
        return day
    return pgettext("a day and a time", "{day}, {time}").format(day=day, time=words.plain(words.clock(check.done_at)))


def is_same_day(check: HealthCheck, other: HealthCheck) -> bool:
    return timezone.localdate(check.done_at) == timezone.localdate(other.done_at)


def of_area(answers: list[Answer], area: str) -> list[Answer]:
    return [answer for answer in answers if answer.question.area == area]


def compared(check: HealthCheck, before: HealthCheck | None) -> str:
    if before is None:
        return _("The first check: the next one is compared with it.")
    is_same = is_same_day(check, before)
    day = column(before, beside=check) if is_same else words.plain(words.day_plain(before.done_at))
    if before.questionnaire_id != check.questionnaire_id:
        sentence = _(
            "On {day} other questions were asked: compare area by area. The dashed line shows the scores of then."
        )
        return sentence.format(day=day)
    return _("On {day} it was {score} of 100. The dashed line shows it.").format(day=day, score=before.overall)


def newest_check() -> QuerySet:
    return HealthCheck.objects.of_given_case().order_by("-pk")[:1]


def beside_case(_request: HttpRequest, case: Case) -> tuple[str, dict[str, Any]] | None:
    """A panel beside the case: the newest check, whether begun or finished."""
    newest = kept(newest_check).ask({"case_id": case.pk}, case=case)
    if not newest:
        return None
    check: HealthCheck = newest[0]
    shown = {"check": check, "lines": lines_of(check) if check.done_at else []}
    return "casework/_case_health.html", shown | {"case": case}


def lines_of(check: HealthCheck) -> list[dict[str, Any]]:
    """Each area with its band in words."""
    found = []
    for area, score in check.areas:
        said, tone = band_of(score)
        both = _("{what}: {which}").format(what=area.label, which=said)
        found.append({"label": area.label, "text": capfirst(said), "said": both, "tone": tone})
    return found

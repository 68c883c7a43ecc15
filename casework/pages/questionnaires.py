"""A draft of the questions of business checks beside what is asked now: what differs, and what is to be mended."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.actions.questionnaires import WORDS, digest_of, lacking
from casework.models import Area, Question, Questionnaire

LABELS = {
    "area": gettext_lazy("Area"),
    "name": gettext_lazy("Question"),
    "name_ur": gettext_lazy("Question, in Urdu"),
    "hint": gettext_lazy("Hint"),
    "hint_ur": gettext_lazy("Hint, in Urdu"),
    "example": gettext_lazy("Example"),
    "example_ur": gettext_lazy("Example, in Urdu"),
    "suggests": gettext_lazy("Step that a weak answer suggests"),
    "answers": gettext_lazy("Answers"),
    "answers_ur": gettext_lazy("Answers, in Urdu"),
}


def preview(questionnaire: Questionnaire) -> dict[str, Any]:
    """All that stands in it, area by area; what differs from what is asked now, where it is a draft."""
    now: Questionnaire | None = Questionnaire.objects.current()
    questions = questions_of(questionnaire)
    is_draft = questionnaire.published_at is None
    return {
        "areas": [
            (area.label, [question for question in questions.values() if question.area == area]) for area in Area
        ],
        "now": now,
        "differs": differences(questions_of(now) if now else {}, questions) if is_draft else [],
        "lacking": lacking(questionnaire) if is_draft else [],
        "digest": digest_of(questionnaire),
    }


def questions_of(questionnaire: Questionnaire) -> dict[str, Question]:
    """By their codes: a question keeps its code from version to version."""
    rows = questionnaire.questions.select_related("suggests").prefetch_related("options")
    return {question.code: question for question in rows}


def differences(before: dict[str, Question], after: dict[str, Question]) -> list[dict[str, Any]]:
    """What is new, what was taken out, and of what stays each thing that is another one."""
    found = []
    places = moved(list(before), list(after))
    for code, question in after.items():
        if code not in before:
            found.append({"what": _("New"), "question": question, "lines": []})
            continue
        lines = places.get(code, []) + compared(said_in(before[code]), said_in(question))
        if lines:
            found.append({"what": _("Changed"), "question": question, "lines": lines})
    gone = [question for code, question in before.items() if code not in after]
    return found + [{"what": _("Taken out"), "question": question, "lines": []} for question in gone]


def moved(before: list[str], after: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The questions that stand in another place among those that both have."""
    was = [code for code in before if code in after]
    now = [code for code in after if code in before]
    return {
        code: [{"label": _("Place"), "was": was.index(code) + 1, "now": place}]
        for place, code in enumerate(now, start=1)
        if was.index(code) + 1 != place
    }


def said_in(question: Question) -> dict[str, str]:
    options = list(question.options.all())
    return {
        "area": str(question.get_area_display()),
        **{name: getattr(question, name) for name in WORDS},
        "suggests": question.suggests.label if question.suggests else "",
        "answers": " · ".join(f"{option.name} ({option.points})" for option in options),
        "answers_ur": " · ".join(f"{option.name_ur} ({option.points})" for option in options),
    }


def compared(was: dict[str, str], now: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"label": LABELS[name], "was": was[name] or "–", "now": now[name] or "–"}
        for name in LABELS
        if was[name] != now[name]
    ]

"""The public home page: what this is, whom it serves, and the first step."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from training.models import CourseRun

SHOWN_COURSES = 3


def gather(*, on: date, first_page: dict[str, Any] | None) -> dict[str, Any]:
    runs = CourseRun.objects.upcoming(on=on).for_list().order_by("starts_on", "id")[:SHOWN_COURSES]
    return {"runs": runs, "road": road(), "actions": actions(first_page)}


def actions(first_page: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The first step; whoever is signed in took it already and goes on where they stand."""
    if first_page is not None:
        return [first_page | {"icon": "go"}]
    return [
        {"label": _("Register free"), "url": reverse("enterprises:register"), "icon": "go"},
        {"label": _("Sign in"), "url": reverse("enterprises:sign-in"), "icon": "person"},
    ]


def road() -> list[dict[str, str]]:
    """The road we walk together, nobody standing on it yet."""
    return [
        {"label": _("Register"), "note": _("5 minutes, on your phone"), "state": ""},
        {"label": _("Meet your advisor"), "note": _("Within 2 working days"), "state": ""},
        {"label": _("Make a plan"), "note": _("In plain words, with dates"), "state": ""},
        {"label": _("Learn"), "note": _("Short courses near you"), "state": ""},
        {"label": _("Papers and loan"), "note": _("No interest, no charges"), "state": ""},
        {"label": _("Grow"), "note": _("Better sales, the next loan"), "state": ""},
    ]

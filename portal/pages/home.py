"""The public home page: what this is, whom it serves, and the first step."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from training.models import CourseRun

SHOWN_COURSES = 3


def gather(*, on: date, first_page: dict[str, Any] | None, go_on: str) -> dict[str, Any]:
    runs = CourseRun.objects.upcoming(on=on).for_list().order_by("starts_on", "id")[:SHOWN_COURSES]
    return {"runs": runs, "road": road(), "actions": actions(first_page, go_on), "is_new": not (first_page or go_on)}


def actions(first_page: dict[str, Any] | None, go_on: str) -> list[dict[str, Any]]:
    """The first step; whoever is signed in or began to register took it already and goes on where they stand.

    A family shares a phone: beside what one of them began stands how the next one begins.
    """
    if first_page is not None:
        return [first_page | {"icon": "go"}]
    register = reverse("enterprises:register")
    sign_in = {"label": _("Sign in"), "url": reverse("enterprises:sign-in"), "icon": "person"}
    if go_on:
        return [
            {"label": _("Go on with your registration"), "url": go_on, "icon": "go"},
            {"label": _("Register somebody else"), "url": f"{register}#another", "icon": "pencil"},
            sign_in,
        ]
    return [{"label": _("Register free"), "url": register, "icon": "go"}, sign_in]


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

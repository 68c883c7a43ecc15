"""A trainer's day: the courses in sight, and one of them with its classes and people."""

from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from kit import phones, words
from kit.paging import page
from training.models import Certificate, CourseRun, Enrolment, Sitting
from training.states import EnrolmentState, RunState

VIEWS = {
    "coming": (RunState.PLANNED, ("starts_on", "id")),
    "finished": (RunState.FINISHED, ("-starts_on", "-id")),
}


def listing(user: User, *, view: str, after: str) -> dict[str, Any]:
    """One page of the runs in the user's sight, as a table that becomes cards."""
    state, order = VIEWS[view]
    found = page(CourseRun.objects.visible_to(user).filter(state=state).for_list(), order=order, after=after)
    heads = [_("First day"), _("Course"), _("Where"), _("Trainer"), _("Seats")]
    return {
        "columns": [{"label": head} for head in heads],
        "groups": [{"rows": [row_of(run, user) for run in found.rows]}] if found.rows else [],
        "next_url": url_of(view, found.next),
        "previous_url": url_of(view, found.previous),
    }


def chips(view: str) -> list[dict[str, Any]]:
    labels = {"coming": _("To come and running"), "finished": _("Finished")}
    return [{"label": label, "url": f"?view={name}", "is_current": name == view} for name, label in labels.items()]


def row_of(run: CourseRun, user: User) -> dict[str, Any]:
    waiting = ngettext("{number} waits", "{number} wait", run.waiting).format(number=run.waiting)
    return {
        "cells": [
            {"text": words.day_short(run.starts_on), "label": _("First day")},
            {
                "kind": "who",
                "text": run.course.label,
                "small": run.get_language_display(),
                "url": run.get_absolute_url(),
            },
            {"text": run.where_in_full, "label": _("Where")},
            {"text": _("You") if run.trainer_id == user.pk else str(run.trainer), "label": _("Trainer")},
            {
                "text": _("{taken} of {all} taken").format(taken=run.seats_taken, all=run.capacity),
                "small": waiting if run.waiting else "",
                "label": _("Seats"),
            },
        ]
    }


def url_of(view: str, cursor: str | None) -> str:
    return "?" + urlencode({"view": view, "after": cursor}) if cursor else ""


def to_mark(run: CourseRun, *, on: date) -> Sitting | None:
    """The first class that may be marked and is not."""
    sittings = run.sittings.filter(held_at__isnull=True).order_by("starts_at", "id")
    first = sittings.first()
    return first if first and words.local_day(first.starts_at) <= on else None


def classes(run: CourseRun, *, on: date) -> list[dict[str, Any]]:
    """The run's classes with what was marked, each leading to its own page."""
    sittings = list(run.sittings.with_present().order_by("number"))
    now = next((sitting.pk for sitting in sittings if not sitting.is_held), None)
    return [
        {
            "label": name_of(sitting),
            "note": " · ".join(filter(None, [times(sitting), note_of(sitting, on=on)])),
            "state": "done" if sitting.is_held else "now" if sitting.pk == now else "todo",
            "url": sitting.get_absolute_url(),
        }
        for sitting in sittings
    ]


def unplanned(run: CourseRun, *, planned: int) -> str:
    """What keeps everybody from the certificate: classes of the course that have no day yet."""
    missing = run.sittings_planned - planned
    if missing <= 0:
        return ""
    return ngettext(
        "{number} more class is not planned yet. Until it is held nobody gets a certificate. Ask the administrator.",
        "{number} more classes are not planned yet. Until they are held nobody gets a certificate. "
        "Ask the administrator.",
        missing,
    ).format(number=missing)


def name_of(sitting: Sitting) -> str:
    return _("Class {number}: {day}").format(number=sitting.number, day=words.plain(words.day(sitting.starts_at)))


def times(sitting: Sitting) -> str:
    return _("{start} to {end}").format(
        start=words.plain(words.clock(sitting.starts_at)), end=words.plain(words.clock(sitting.ends_at))
    )


def note_of(sitting: Sitting, *, on: date) -> str:
    if sitting.is_held:
        return ngettext("{number} person was there", "{number} people were there", sitting.present).format(
            number=sitting.present
        )
    return _("Attendance not marked yet") if words.local_day(sitting.starts_at) <= on else ""


def people(run: CourseRun, *, user: User, on: date) -> dict[str, Any]:
    """Who has a seat, with their attendance so far: those in the user's sight."""
    held = run.sittings.filter(held_at__isnull=False).count()
    rows = run.enrolments.visible_to(user).seated().with_present().for_list().order_by("person__name", "id")
    heads = [_("Name"), _("Business"), _("Phone"), _("Attended"), _("State")]
    return {
        "columns": [{"label": head} for head in heads],
        "groups": [
            {
                "rows": [
                    person_row(enrolment, attended=attended(run, enrolment.present, held, on=on)) for enrolment in rows
                ]
            }
        ],
    }


def attended(run: CourseRun, present: int, held: int, *, on: date) -> str:
    """How many of the classes that were held; before the first of them, when the course begins."""
    if held:
        return _("{number} of {all}").format(number=present, all=held)
    if run.starts_on > on:
        return _("Begins on {day}").format(day=words.plain(words.day_short(run.starts_on)))
    return _("Attendance not marked yet")


def person_row(enrolment: Enrolment, *, attended: str) -> dict[str, Any]:
    return {
        "cells": [
            {"kind": "who", "text": enrolment.person.name, "url": enrolment.get_absolute_url()},
            {"text": enrolment.enterprise.called, "small": enrolment.enterprise.reference, "label": _("Business")},
            {"text": words_of_phone(enrolment.person.phone), "label": _("Phone")},
            {"text": attended, "label": _("Attended")},
            {"text": said(enrolment), "label": _("State")},
        ]
    }


def has_missed(enrolment: Enrolment) -> bool:
    """Every class was held, and the certificate was not earned."""
    return enrolment.state == EnrolmentState.ENROLLED and enrolment.run.state == RunState.FINISHED


def said(enrolment: Enrolment) -> str:
    """The state in words; who did not earn the certificate keeps the seat, and the words say so."""
    if has_missed(enrolment):
        return _("Finished, without certificate")
    return capfirst(enrolment.get_state_display())


def waiting(run: CourseRun, *, user: User) -> dict[str, Any]:
    """Who waits, in the order in which seats are given: those in the user's sight, with their true place."""
    rows = run.enrolments.visible_to(user).waiting().for_list().in_order()
    heads = [_("Place"), _("Name"), _("Business"), _("Asked on")]
    return {
        "columns": [{"label": head} for head in heads],
        "groups": [{"rows": [waiting_row(enrolment) for enrolment in rows]}],
    }


def waiting_row(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "cells": [
            {"text": enrolment.ahead + 1, "label": _("Place")},
            {"kind": "who", "text": enrolment.person.name, "url": enrolment.get_absolute_url()},
            {"text": enrolment.enterprise.called, "small": enrolment.enterprise.reference, "label": _("Business")},
            {"text": words.moment(enrolment.asked_at), "label": _("Asked on")},
        ]
    }


def words_of_phone(number: str) -> str:
    return phones.display(number) if number else "–"


def sheet(run: CourseRun, *, user: User) -> dict[str, Any]:
    """The sign-in sheet: a line a person, a box a class, and lines for who walks in."""
    return {
        "people": list(run.enrolments.visible_to(user).seated().for_list().order_by("person__name", "id")),
        "sittings": list(run.sittings.order_by("number")),
    }


def marked(sitting: Sitting, *, user: User) -> list[dict[str, Any]]:
    """What was marked in one class, for who may read it and not change it."""
    rows = sitting.attendances.visible_to(user).select_related("enrolment__person").order_by("enrolment__person__name")
    return [{"label": row.enrolment.person.name, "text": row.get_mark_display()} for row in rows]


def certified(run: CourseRun) -> set[str]:
    """Who holds a genuine certificate of this course."""
    held = Certificate.objects.filter(enrolment__run=run, revoked_at__isnull=True)
    return set(held.values_list("enrolment__person__name", flat=True))


def taken_back(names: set[str]) -> str:
    """What a correction of the attendance did besides."""
    return ngettext(
        "The certificate of {names} is taken back: too few classes attended.",
        "The certificates of {names} are taken back: too few classes attended.",
        len(names),
    ).format(names=words.listed(sorted(names)))

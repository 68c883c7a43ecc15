"""One person's place on a course: what it is, since when, who has it, what they can do, and every class."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enterprises.models import Person
from kit import words
from training.actions.certificates import classes_needed
from training.facts import place_on_list
from training.messages import to_person
from training.models import CourseRun, Enrolment, Sitting
from training.pages.runs import has_missed, name_of, said, times
from training.states import EnrolmentState, Mark, RunState

TONES: dict[str, str] = {EnrolmentState.WAITING: "soon", EnrolmentState.CANCELLED: "idle"}
# The state as the page says it to whose place it is.
YOURS = {
    EnrolmentState.WAITING: gettext_lazy("You are on the waiting list"),
    EnrolmentState.ENROLLED: gettext_lazy("You have a seat"),
    EnrolmentState.COMPLETED: gettext_lazy("Finished. The certificate is yours"),
    EnrolmentState.CANCELLED: gettext_lazy("You gave up this place"),
}
# A patch is solid where the class was attended, stitched where it is still to come.
PATCHES: dict[str, str] = {Mark.PRESENT: "done", Mark.EXCUSED: "late", Mark.ABSENT: "late"}


@dataclass(frozen=True)
class Place:
    """Everything that a card of one enrolment prints."""

    enrolment: Enrolment
    said: str
    tone: str
    classes: list[dict[str, Any]]
    patches: list[str]
    attended: str
    why: str
    next_class: Sitting | None
    certificate_url: str
    leave_url: str


def own(person: Person, *, now: datetime) -> list[Place]:
    """All that the person asked for, newest first: a handful, each with its classes, in a fixed number of queries."""
    enrolments = list(
        person.enrolments.for_list()
        .prefetch_related("run__sittings", "attendances")
        .order_by("-run__starts_on", "-id")[:50]
    )
    return [place_of(enrolment, may_cancel=True, is_own=True, now=now) for enrolment in enrolments]


def place_of(enrolment: Enrolment, *, may_cancel: bool, is_own: bool, now: datetime) -> Place:
    """Expects `for_list()`."""
    sittings = list(enrolment.run.sittings.all())
    marks = {attendance.sitting_id: attendance.mark for attendance in enrolment.attendances.all()}
    coming = [sitting for sitting in sittings if not sitting.is_held and sitting.starts_at > now]
    certificate = getattr(enrolment, "certificate", None)
    can_leave = enrolment.state in enrolment.MOVES["cancel"].sources and enrolment.run.state == RunState.PLANNED
    return Place(
        enrolment=enrolment,
        said=said_to_owner(enrolment) if is_own else said(enrolment),
        tone=TONES.get(enrolment.state, ""),
        classes=[class_of(sitting, marks) for sitting in sittings] if has_seat(enrolment) else [],
        patches=[PATCHES.get(marks.get(sitting.pk, ""), "") for sitting in sittings] if has_seat(enrolment) else [],
        attended="" if has_missed(enrolment) else attended(list(marks.values()), sittings),
        why=why_of(enrolment, list(marks.values()), on=words.local_day(now)),
        next_class=coming[0] if coming and enrolment.state == EnrolmentState.ENROLLED else None,
        certificate_url=reverse("training:certificate-pdf", args=[certificate.pk])
        if certificate and certificate.is_valid
        else "",
        leave_url=reverse("training:enrolment-cancel", args=[enrolment.pk]) if can_leave and may_cancel else "",
    )


def said_to_owner(enrolment: Enrolment) -> str:
    if has_missed(enrolment):
        return _("Finished, without certificate")
    return str(YOURS[EnrolmentState(enrolment.state)])


def has_seat(enrolment: Enrolment) -> bool:
    return enrolment.state in {EnrolmentState.ENROLLED, EnrolmentState.COMPLETED}


def class_of(sitting: Sitting, marks: dict[int, str]) -> dict[str, Any]:
    mark = marks.get(sitting.pk)
    word = Mark(mark).label if mark else _("Not marked") if sitting.is_held else _("To come")
    return {
        "label": name_of(sitting),
        "note": f"{times(sitting)} · {word}",
        "state": "done" if mark == Mark.PRESENT else "missed" if sitting.is_held else "todo",
    }


def attended(marks: list[str], sittings: list[Sitting]) -> str:
    held = sum(sitting.is_held for sitting in sittings)
    if not held:
        return ngettext("{all} class, still to come.", "{all} classes, all still to come.", len(sittings)).format(
            all=len(sittings)
        )
    present = marks.count(Mark.PRESENT)
    return ngettext(
        "{present} of {held} class attended so far. {all} in all.",
        "{present} of {held} classes attended so far. {all} in all.",
        held,
    ).format(present=present, held=held, all=len(sittings))


def why_of(enrolment: Enrolment, marks: list[str], *, on: date) -> str:
    """Why there is no seat yet, or no certificate."""
    if enrolment.is_waiting:
        return why_waiting(enrolment, on=on)
    return why_without(enrolment.run, present=marks.count(Mark.PRESENT)) if has_missed(enrolment) else ""


def why_without(run: CourseRun, *, present: int) -> str:
    """The rule and the person's figure; where enough was attended, somebody took the certificate back."""
    needed = classes_needed(planned=run.sittings_planned, percent=run.pass_percent)
    if present >= needed:
        return _("The certificate was taken back.")
    return ngettext(
        "The certificate needs {needed} of {all} class. Attended: {present}.",
        "The certificate needs {needed} of {all} classes. Attended: {present}.",
        run.sittings_planned,
    ).format(needed=needed, all=run.sittings_planned, present=present)


def next_run(enrolment: Enrolment, *, on: date) -> CourseRun | None:
    """Where the same course can be taken again, for whoever earned no certificate."""
    if not has_missed(enrolment):
        return None
    runs = CourseRun.objects.upcoming(on=on).within_reach(enrolment.enterprise.district_id)
    return runs.filter(course=enrolment.run.course_id).select_related("district").order_by("starts_on", "id").first()


def why_waiting(enrolment: Enrolment, *, on: date) -> str:
    """Where they stand, and why no seat was given yet."""
    run = enrolment.run
    if run.state != RunState.PLANNED or run.starts_on < on:
        return _("The course began and no seat became free. Please choose another date.")
    return place_on_list(enrolment)


def outcome(enrolment: Enrolment) -> str:
    """Which of the two happened to the client who was enrolled, and when they are told, if a text may go at all."""
    told = to_person(enrolment)
    is_told = told is not None and not told.is_called
    if not enrolment.is_waiting:
        if is_told:
            return _("Saved. The client has a seat, and is told at once.")
        return _("Saved. The client has a seat. No message goes to this client: please tell them.")
    place = Enrolment.objects.with_ahead().get(pk=enrolment.pk).ahead + 1
    if is_told:
        said = _("Saved. All seats are taken: number {place} on the waiting list. The client is told when one is free.")
    else:
        said = _("Saved. All seats are taken: number {place} on the waiting list. No message goes to this client.")
    return said.format(place=place)


def choice_label(run: CourseRun) -> str:
    """A run as one line of a list of choices."""
    if run.seats_left:
        seats = ngettext("{number} seat left", "{number} seats left", run.seats_left).format(number=run.seats_left)
    else:
        seats = _("full: waiting list")
    day = words.plain(words.day(run.starts_on))
    return _("{course}: {day}, {place} ({seats})").format(
        course=run.course.label, day=day, place=run.where_in_full, seats=seats
    )

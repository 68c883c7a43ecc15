"""Planning a course on certain days, and changing it afterwards."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Office, User
from journal.moves import hold
from kit.saving import save
from places.models import District
from training.actions import enrolments
from training.models import Course, CourseRun, Sitting

Times = tuple[datetime, datetime]


@transaction.atomic
def plan(
    *,
    course: Course,
    office: Office,
    district: District,
    trainer: User,
    times: Iterable[Times],
    by: User,
    **others: Any,
) -> CourseRun:
    """Plan a run with one class for each of `times`; `others` are further fields of the run, such as its seats.

    Refused where no certificate could come of it: with a class too few, out of order, or of other hours.
    """
    classes = sorted(times)
    run = CourseRun(
        course=course,
        office=office,
        district=district,
        trainer=trainer,
        starts_on=timezone.localdate(classes[0][0]),
        ends_on=timezone.localdate(classes[-1][1]),
        **others,
    )
    add(run=run, by=by)
    sittings = [
        Sitting(run=run, number=number, starts_at=starts_at, ends_at=ends_at)
        for number, (starts_at, ends_at) in enumerate(classes, start=1)
    ]
    if len(sittings) != run.sittings_planned:
        raise other_number(planned=run.sittings_planned, here=len(sittings))
    check_times(sittings, hours=run.hours)
    for sitting in sittings:
        save(sitting)
    return run


def other_number(*, planned: int, here: int) -> ValidationError:
    """A certificate needs every class of the course, so all are planned at once."""
    said = ngettext(
        "This course has {planned} class, and {here} are filled in. Without every class nobody gets a certificate.",
        "This course has {planned} classes, and {here} are filled in. Without every class nobody gets a certificate.",
        planned,
    )
    return ValidationError(said.format(planned=planned, here=here))


def check_times(sittings: Iterable[Sitting], *, hours: int) -> None:
    """Refuse classes out of order, and such as have together less than half of the course's hours or more than twice.

    That is a slip of the pen, such as 9:00 at night, and no other pace.
    """
    numbered = sorted(sittings, key=lambda sitting: sitting.number)
    for first, second in pairwise(numbered):
        if second.starts_at < first.ends_at:
            said = _("Class {second} begins before class {first} is over.")
            raise ValidationError(said.format(second=second.number, first=first.number))
    here = sum((sitting.ends_at - sitting.starts_at).total_seconds() for sitting in numbered) / 3600
    if not hours / 2 <= here <= hours * 2:
        said = _("The course has {hours} hours, and the classes together have {here}. Look at when they end.")
        raise ValidationError(said.format(hours=hours, here=f"{here:g}"))


def add(*, run: CourseRun, by: User) -> CourseRun:
    """Save a new run with the course's rule as it stands today: a later change of the course does not reach it."""
    if not by.has_perm("training.plan_run", run):
        raise PermissionDenied("training.plan_run")
    run.hours, run.sittings_planned = run.course.hours, run.course.sittings_planned
    run.pass_percent = run.course.pass_percent
    save(run, force_insert=True)
    return run


@transaction.atomic
def revise(*, run: CourseRun, changes: Mapping[str, Any], by: User) -> CourseRun:
    """Change these fields of a run, and what follows from them: sight goes to the new trainer, new seats to who waits.

    Seats are counted under the same lock under which they are taken, so nobody's seat is lost meanwhile.
    """
    if not by.has_perm("training.plan_run", run):
        raise PermissionDenied("training.plan_run")
    locked = hold(run, version=None)
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.version += 1
    save(locked, update_fields=["version", *changes])
    if "trainer" in changes:
        enrolments.hand_over(run=locked, by=by)
    enrolments.fill(run=locked)
    return locked

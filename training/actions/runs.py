"""Planning a course on certain days, and changing it afterwards."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

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
    """Plan a run with one class for each of `times`; `others` are further fields of the run, such as its seats."""
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
    for number, (starts_at, ends_at) in enumerate(classes, start=1):
        sitting = Sitting(run=run, number=number, starts_at=starts_at, ends_at=ends_at)
        save(sitting)
    return run


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

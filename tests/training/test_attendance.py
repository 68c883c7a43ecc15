import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from journal.moves import EditConflict
from tests.factories.accounts import colleague
from tests.factories.enterprises import district
from tests.factories.training import CourseRunFactory, EnrolmentFactory, SeatedFactory, SittingFactory, run_with_classes
from training.actions import attendance
from training.models import Attendance, CourseRun
from training.states import Mark

pytestmark = pytest.mark.django_db


def a_class(people=2, **attributes):
    """The first of two classes, so that marking it decides nothing yet."""
    run = run_with_classes(2, **attributes)
    return run.sittings.first(), [SeatedFactory(run=run) for _person in range(people)]


def marks_of(sitting):
    return dict(Attendance.objects.filter(sitting=sitting).values_list("enrolment_id", "mark"))


def test_mark_writes_the_whole_class():
    sitting, (one, other) = a_class()
    marks = {one.pk: Mark.PRESENT, other.pk: Mark.EXCUSED}

    marked = attendance.mark(sitting=sitting, marks=marks, by=sitting.run.trainer, version=0)

    assert marks_of(sitting) == marks
    assert (marked.version, marked.is_held) == (1, True)


def test_mark_again_corrects_and_keeps_who_wrote_the_rest():
    sitting, (one, other) = a_class()
    trainer, later = sitting.run.trainer, colleague(Role.TRAINER)
    first = attendance.mark(
        sitting=sitting, marks={one.pk: Mark.PRESENT, other.pk: Mark.PRESENT}, by=trainer, version=0
    )

    CourseRun.objects.filter(pk=sitting.run_id).update(trainer=later)
    second = attendance.mark(sitting=sitting, marks={one.pk: Mark.PRESENT, other.pk: Mark.ABSENT}, by=later, version=1)

    written = dict(Attendance.objects.values_list("enrolment_id", "by"))
    assert marks_of(sitting) == {one.pk: Mark.PRESENT, other.pk: Mark.ABSENT}
    assert written == {one.pk: trainer.pk, other.pk: later.pk}
    assert second.held_at == first.held_at


def test_mark_of_what_changed_meanwhile_is_a_conflict():
    sitting, (one,) = a_class(people=1)
    attendance.mark(sitting=sitting, marks={one.pk: Mark.PRESENT}, by=sitting.run.trainer, version=0)

    with pytest.raises(EditConflict):
        attendance.mark(sitting=sitting, marks={one.pk: Mark.ABSENT}, by=sitting.run.trainer, version=0)
    assert marks_of(sitting) == {one.pk: Mark.PRESENT}


@pytest.mark.parametrize(
    "change",
    [
        lambda marks, _run: marks.popitem(),
        lambda marks, _run: marks.update({EnrolmentFactory().pk: Mark.PRESENT}),
        lambda marks, run: marks.update({EnrolmentFactory(run=run).pk: Mark.PRESENT}),
        lambda marks, _run: marks.update(dict.fromkeys(marks, "asleep")),
    ],
    ids=["somebody is missing", "a stranger", "somebody who waits", "no such mark"],
)
def test_mark_refuses_another_list_of_people(change):
    sitting, people = a_class()
    marks = {enrolment.pk: Mark.PRESENT for enrolment in people}
    change(marks, sitting.run)

    with pytest.raises(ValidationError) as refused:
        attendance.mark(sitting=sitting, marks=marks, by=sitting.run.trainer, version=0)
    assert (refused.value.code, marks_of(sitting)) == ("roster", {})


def test_mark_of_a_class_to_come_is_refused():
    tomorrow = timezone.now() + dt.timedelta(days=1)
    sitting = SittingFactory(starts_at=tomorrow)

    with pytest.raises(ValidationError) as refused:
        attendance.mark(sitting=sitting, marks={}, by=sitting.run.trainer, version=0)
    assert refused.value.code == "too_early"


@pytest.mark.parametrize("role", [Role.TRAINER, Role.ADVISOR, Role.REGIONAL_MANAGER, Role.AUDITOR])
def test_mark_by_others_is_refused(role):
    sitting = SittingFactory(run=CourseRunFactory(district=district()))

    with pytest.raises(PermissionDenied):
        attendance.mark(sitting=sitting, marks={}, by=colleague(role, districts=[district()]), version=0)

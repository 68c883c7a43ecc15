import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from tests.factories.training import (
    AttendanceFactory,
    CertificateFactory,
    CourseFactory,
    CourseRunFactory,
    EnrolmentFactory,
    SeatedFactory,
    SittingFactory,
)
from training.models import Attendance, Certificate, Course, CourseRun, Enrolment, Sitting

pytestmark = pytest.mark.django_db


def change(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


def again(row, **values):
    """Another row like this one."""
    for name, value in ({"pk": None} | values).items():
        setattr(row, name, value)
    row.save(force_insert=True)


# Constraint, and what it refuses.
REFUSED = {
    "training_course_rule_in_percent": lambda: change(CourseFactory(), pass_percent=101),
    "training_course_has_classes": lambda: change(CourseFactory(), sittings_planned=0),
    "training_seats_within_capacity": lambda: change(CourseRunFactory(capacity=2), seats_taken=3),
    "training_run_has_seats": lambda: change(CourseRunFactory(), capacity=0),
    "training_run_in_order": lambda: change(CourseRunFactory(), ends_on=dt.date(2020, 1, 1)),
    "training_run_rule_in_percent": lambda: change(CourseRunFactory(), pass_percent=0),
    "training_run_has_a_place": lambda: change(CourseRunFactory(), place_ur=""),
    "training_sitting_number_once": lambda: again(SittingFactory()),
    "training_sitting_in_order": lambda: change(SittingFactory(), ends_at=timezone.now() - dt.timedelta(days=1)),
    "training_enrolled_once": lambda: again(SeatedFactory()),
    "training_seated_since": lambda: change(SeatedFactory(), seated_at=None),
    "training_cancelled_and_cancelled_at_together": lambda: change(EnrolmentFactory(), cancelled_at=timezone.now()),
    "training_attendance_once": lambda: again(AttendanceFactory()),
    "training_attendance_is_a_mark": lambda: change(AttendanceFactory(), mark="asleep"),
    "training_certificate_code_form": lambda: change(CertificateFactory(), code="7K4M-QD2O"),
    "training_revoked_at_by_and_reason_together": lambda: change(CertificateFactory(), revoked_at=timezone.now()),
}
# PostgreSQL keeps unique conditions as indexes.
INDEXES = {"training_enrolled_once"}


def check_refused(name):
    told = ""
    try:
        with transaction.atomic():
            REFUSED[name]()
    except IntegrityError as refusal:
        told = str(refusal)
    assert name in told


def drop(name):
    if name in INDEXES:
        statement = f"DROP INDEX {name}"
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT conrelid::regclass::text FROM pg_constraint WHERE conname = %s", [name])
            (table,) = cursor.fetchone()
        statement = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(name):
    check_refused(name)


@pytest.mark.parametrize("name", REFUSED)
def test_without_the_constraint_the_same_check_fails(name):
    drop(name)

    with pytest.raises(AssertionError):
        check_refused(name)


def test_every_constraint_is_in_the_table():
    models = (Course, CourseRun, Sitting, Enrolment, Attendance, Certificate)

    assert {constraint.name for model in models for constraint in model._meta.constraints} == set(REFUSED)


@pytest.mark.parametrize("model", [Course, CourseRun, Sitting, Enrolment, Attendance, Certificate])
def test_every_field_is_sorted_for_copies(model):
    fields = {field.name for field in model._meta.concrete_fields}

    assert (fields, set()) == (model.SAFE_TO_COPY | model.NEVER_COPIED, model.SAFE_TO_COPY & model.NEVER_COPIED)


def test_texts_are_in_the_readers_language():
    run = CourseRunFactory(course__description_ur="", place="Town hall", place_ur="ٹاؤن ہال")

    with override("ur"):
        found = (run.where, run.course.about)

    assert found == ("ٹاؤن ہال", "What is learnt.")


def test_a_run_online_is_on_the_phone():
    assert CourseRunFactory.build(is_online=True, course=CourseFactory.build()).where == "On your phone"


def test_names_for_logs_and_admin():
    run = CourseRunFactory(course__name="Cash book", starts_on=dt.date(2026, 12, 1))
    sitting = SittingFactory(run=run, number=3)
    attendance = AttendanceFactory(sitting=sitting)
    certificate = CertificateFactory()

    names = [str(item) for item in (run.course, run, sitting, attendance.enrolment, attendance, certificate)]
    assert names == [
        "Cash book",
        "Cash book · 1 Dec 2026",
        f"class 3 of run {run.pk}",
        f"enrolment {attendance.enrolment_id}",
        f"{sitting.pk} {attendance.enrolment_id} present",
        f"certificate {certificate.pk}",
    ]


def test_seats_left_and_states_in_words():
    run = CourseRunFactory(capacity=3, seats_taken=1)
    waiting, seated, left = EnrolmentFactory(), SeatedFactory(), EnrolmentFactory()
    change(left, state="cancelled", cancelled_at=timezone.now())
    left.refresh_from_db()

    found = [(enrolment.is_waiting, enrolment.is_live) for enrolment in (waiting, seated, left)]
    assert (run.seats_left, found) == (2, [(True, True), (False, True), (False, False)])
    assert (SittingFactory().is_held, CertificateFactory().is_valid) == (False, True)

import datetime as dt

import factory
from django.utils import timezone

from accounts.roles import Role
from enterprises.models import Grant, Person
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import GrantFactory, OwnershipFactory, district, system
from training.models import Attendance, Certificate, Course, CourseRun, Enrolment, Sitting
from training.states import EnrolmentState, Mark


class CourseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Course

    code = factory.Sequence("course-{}".format)
    name = factory.Sequence("Course {}".format)
    name_ur = factory.Sequence("کورس {}".format)
    description = "What is learnt."
    description_ur = "کیا سیکھتے ہیں۔"
    hours = 6
    sittings_planned = 1


class CourseRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseRun

    course = factory.SubFactory(CourseFactory)
    office = factory.SubFactory(OfficeFactory)
    district = factory.LazyFunction(district)
    trainer = factory.LazyFunction(lambda: colleague(Role.TRAINER))
    place = "Town hall"
    place_ur = "ٹاؤن ہال"
    capacity = 25
    starts_on = factory.LazyFunction(timezone.localdate)
    ends_on = factory.SelfAttribute("starts_on")
    hours = factory.SelfAttribute("course.hours")
    sittings_planned = factory.SelfAttribute("course.sittings_planned")
    pass_percent = 80


class SittingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Sitting

    run = factory.SubFactory(CourseRunFactory)
    number = factory.Sequence(lambda n: n + 1)
    starts_at = factory.LazyFunction(timezone.now)
    ends_at = factory.LazyAttribute(lambda sitting: sitting.starts_at + dt.timedelta(hours=3))


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A row as it stands; `training.actions.enrolments.enrol` is how one comes about."""

    class Meta:
        model = Enrolment

    run = factory.SubFactory(CourseRunFactory)
    enterprise = factory.LazyFunction(lambda: OwnershipFactory().enterprise)
    person = factory.LazyAttribute(lambda enrolment: owner_of(enrolment.enterprise))
    by = factory.LazyFunction(system)
    grant = factory.LazyAttribute(lambda enrolment: grant_of(enrolment.run.trainer, enrolment.enterprise))


class SeatedFactory(EnrolmentFactory):
    state = EnrolmentState.ENROLLED
    seated_at = factory.LazyFunction(timezone.now)


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attendance

    enrolment = factory.SubFactory(SeatedFactory)
    sitting = factory.LazyAttribute(lambda attendance: SittingFactory(run=attendance.enrolment.run))
    mark = Mark.PRESENT
    by = factory.LazyFunction(system)


class CertificateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Certificate

    enrolment = factory.SubFactory(SeatedFactory, state=EnrolmentState.COMPLETED)
    code = factory.Sequence("7K4M-{:04d}".format)


def grant_of(trainer, enterprise):
    """The trainer's live grant; the same one for several runs of his."""
    live = Grant.objects.filter(enterprise=enterprise, user=trainer, purpose="enrolment", until_at=None)
    return live.first() or GrantFactory(enterprise=enterprise, user=trainer, purpose="enrolment")


def owner_of(enterprise):
    return Person.objects.filter(ownerships__enterprise=enterprise).first()


def run_with_classes(number, *, on=None, **attributes):
    """A run of `number` classes, all on one day, so that every one of them may be marked."""
    on = on or timezone.localdate()
    course = attributes.pop("course", None) or CourseFactory(sittings_planned=number)
    run = CourseRunFactory(course=course, starts_on=on, ends_on=on, **attributes)
    for place in range(number):
        begins = dt.datetime.combine(on, dt.time(8 + place), tzinfo=timezone.get_default_timezone())
        SittingFactory(run=run, number=place + 1, starts_at=begins, ends_at=begins + dt.timedelta(hours=1))
    return run

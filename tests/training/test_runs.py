import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import Role
from enterprises.models import Grant
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import OwnershipFactory, district, system
from tests.factories.training import CourseFactory, CourseRunFactory
from training.actions import enrolments, runs
from training.models import CourseRun, Enrolment
from training.states import EnrolmentState

pytestmark = pytest.mark.django_db
KARACHI = timezone.get_default_timezone()


def at(day, hour):
    return dt.datetime(2026, 12, day, hour, tzinfo=KARACHI)


def plan(*, by=None, **others):
    wanted = {
        "course": CourseFactory(hours=6, sittings_planned=2, pass_percent=75),
        "office": OfficeFactory(),
        "district": district(),
        "trainer": colleague(Role.TRAINER),
        "times": [(at(9, 10), at(9, 13)), (at(2, 10), at(2, 13))],
        "capacity": 20,
        "place": "Town hall",
        "place_ur": "ٹاؤن ہال",
    }
    return runs.plan(by=by or system(), **wanted | others)


def test_plan_numbers_the_classes_by_day_and_freezes_the_rule():
    run = plan()

    run.course.pass_percent = 100
    run.course.save()
    run.refresh_from_db()
    classes = list(run.sittings.values_list("number", "starts_at", "ends_at"))
    assert classes == [(1, at(2, 10), at(2, 13)), (2, at(9, 10), at(9, 13))]
    assert (run.starts_on, run.ends_on) == (dt.date(2026, 12, 2), dt.date(2026, 12, 9))
    assert (run.hours, run.sittings_planned, run.pass_percent, run.seats_taken) == (6, 2, 75, 0)


def test_an_administrator_plans():
    assert plan(by=colleague(Role.ADMINISTRATOR)).pk is not None


@pytest.mark.parametrize("role", [Role.TRAINER, Role.ADVISOR, Role.PROGRAMME_MANAGER])
def test_plan_by_others_is_refused(role):
    with pytest.raises(PermissionDenied):
        plan(by=colleague(role))


def test_plan_without_a_place_is_refused():
    with pytest.raises(ValidationError):
        plan(place_ur="")
    assert CourseRun.objects.count() == 0


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ([(2, 10, 13)], "This course has 2 classes, and 1 are filled in."),
        ([(2, 10, 13), (2, 12, 15)], "Class 2 begins before class 1 is over."),
        ([(2, 10, 11), (3, 10, 11)], "The course has 6 hours, and the classes together have 2."),
        ([(2, 9, 18), (3, 13, 17)], "The course has 6 hours, and the classes together have 13."),
        ([(2, 13, 10), (3, 10, 17)], "The class ends before it begins."),
    ],
)
def test_classes_of_which_no_certificate_could_come_are_not_planned(times, said):
    with pytest.raises(ValidationError) as refused:
        plan(times=[(at(day, begins), at(day, ends)) for day, begins, ends in times])

    assert (" ".join(refused.value.messages).startswith(said), CourseRun.objects.count()) == (True, 0)


def ask(run):
    owner = OwnershipFactory()
    return enrolments.enrol(run=run, enterprise=owner.enterprise, person=owner.person, by=system())


def test_revise_with_more_seats_seats_those_who_wait():
    run = CourseRunFactory(capacity=1)
    _seated, first, second = ask(run), ask(run), ask(run)

    revised = runs.revise(run=run, changes={"capacity": 2}, by=system())

    states = dict(Enrolment.objects.filter(pk__in=[first.pk, second.pk]).values_list("pk", "state"))
    assert states == {first.pk: EnrolmentState.ENROLLED, second.pk: EnrolmentState.WAITING}
    assert (revised.capacity, revised.seats_taken, revised.version) == (2, 2, 1)


def test_revise_keeps_a_seat_that_was_taken_since_the_form_was_opened():
    run = CourseRunFactory(capacity=5)
    opened = CourseRun.objects.get(pk=run.pk)
    ask(run)

    runs.revise(run=opened, changes={"place": "Library"}, by=system())

    run.refresh_from_db()
    assert (run.place, run.seats_taken) == ("Library", 1)


def test_revise_below_the_seats_taken_is_refused():
    run = CourseRunFactory(capacity=5)
    ask(run), ask(run)

    with pytest.raises(ValidationError) as refused:
        runs.revise(run=run, changes={"capacity": 1}, by=system())
    assert refused.value.messages == ["More people than that have a seat already."]


def test_revise_hands_the_people_over_to_another_trainer():
    run = CourseRunFactory()
    ask(run)
    other = colleague(Role.TRAINER)

    runs.revise(run=run, changes={"trainer": other}, by=system())

    assert list(Grant.objects.filter(until_at=None).values_list("user", flat=True)) == [other.pk]


def test_revise_by_others_is_refused():
    with pytest.raises(PermissionDenied):
        runs.revise(run=CourseRunFactory(), changes={}, by=colleague(Role.TRAINER))

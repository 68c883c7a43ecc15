import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.enterprises import OwnershipFactory, system
from tests.factories.training import CourseFactory, CourseRunFactory, run_with_classes
from training.actions import enrolments, runs
from training.models import Course, CourseRun, Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(signed_in):
    return signed_in(colleague(Role.ADMINISTRATOR))


def typed(run, *, classes=(), **changes):
    """The form of a run as the browser sends it, with its classes below."""
    values = {
        "course": run.course_id, "office": run.office_id, "district": run.district_id, "language": run.language,
        "place": run.place, "place_ur": run.place_ur, "trainer": run.trainer_id, "capacity": run.capacity,
        "starts_on": run.starts_on, "ends_on": run.ends_on,
        "sittings-TOTAL_FORMS": len(classes), "sittings-INITIAL_FORMS": sum(1 for one in classes if one.get("id")),
        "sittings-MIN_NUM_FORMS": 0, "sittings-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for place, one in enumerate(classes):
        values |= {f"sittings-{place}-{name}": value for name, value in one.items()}
    return values | changes


def moment(prefix, day, time):
    return {f"{prefix}_0": f"{day:%Y-%m-%d}", f"{prefix}_1": time}


def test_an_administrator_plans_a_run_with_its_classes(admin):
    course = CourseFactory(hours=4, sittings_planned=1, pass_percent=90)
    like = CourseRunFactory()
    first = {"number": 1, **moment("starts_at", like.starts_on, "10:00"), **moment("ends_at", like.starts_on, "12:00")}

    response = admin.post(reverse("admin:training_courserun_add"), typed(like, classes=[first], course=course.pk))

    run = CourseRun.objects.get(course=course)
    assert (response.status_code, run.hours, run.sittings_planned, run.pass_percent) == (302, 4, 1, 90)
    assert list(run.sittings.values_list("number", "held_at")) == [(1, None)]


def class_row(number, day, begins, ends):
    return {"number": number, **moment("starts_at", day, begins), **moment("ends_at", day, ends)}


@pytest.mark.parametrize(
    ("hours", "classes", "said"),
    [
        (4, [], "This course has 2 classes, and 0 are filled in. Without every class nobody gets a certificate."),
        (
            4,
            ["10:00-12:00"],
            "This course has 2 classes, and 1 are filled in. Without every class nobody gets a certificate.",
        ),
        (4, ["10:00-12:00"] * 2, "Class 2 begins before class 1 is over."),
        (4, ["14:00-16:00", "10:00-12:00"], "Class 2 begins before class 1 is over."),
        (
            4,
            ["09:00-11:00", "11:00-23:00"],
            "The course has 4 hours, and the classes together have 14. Look at when they end.",
        ),
        (
            9,
            ["10:00-12:00", "12:00-14:00"],
            "The course has 9 hours, and the classes together have 4. Look at when they end.",
        ),
        (4, ["10:00-12:00", "12:00-14:00"], None),
    ],
)
def test_a_run_that_could_never_give_a_certificate_is_not_planned(admin, hours, classes, said):
    course = CourseFactory(hours=hours, sittings_planned=2)
    like = CourseRunFactory()
    rows = [class_row(number, like.starts_on, *times.split("-")) for number, times in enumerate(classes, start=1)]

    response = admin.post(reverse("admin:training_courserun_add"), typed(like, classes=rows, course=course.pk))

    errors = response.context and response.context["inline_admin_formsets"][0].formset.non_form_errors()
    assert (errors, course.runs.exists()) == ([said] if said else None, said is None)


def test_a_class_that_is_missing_has_an_empty_row_with_its_number(admin):
    """And whoever adds one of two that are missing is told."""
    run = run_with_classes(1, course=CourseFactory(hours=3, sittings_planned=3))
    page = reverse("admin:training_courserun_change", args=[run.pk])
    held = run.sittings.get()
    rows = [
        {"id": held.pk, **class_row(1, run.starts_on, "08:00:00", "09:00:00")},
        class_row(2, run.starts_on, "09:00", "10:00"),
    ]

    formset = admin.get(page).context["inline_admin_formsets"][0].formset
    answers = [
        admin.post(page, typed(run, classes=sent)).status_code
        for sent in (rows, [*rows, class_row(3, run.starts_on, "10:00", "11:00")])
    ]

    assert [form["number"].value() for form in formset.forms] == [1, 2, 3]
    assert (answers, run.sittings.count()) == ([200, 302], 3)


def test_trainers_are_told_apart_and_who_has_the_run_stays(admin):
    office = OfficeFactory(name="Multan office")
    new = colleague(Role.TRAINER, office=office, full_name="Asif", email="asif@smeda.example")
    gone = colleague(Role.TRAINER, full_name="Asif", email="gone@smeda.example")
    gone.appointments.update(until_on=timezone.localdate() - timezone.timedelta(days=1))
    run = CourseRunFactory(trainer=gone)

    fields = [
        admin.get(reverse(f"admin:training_courserun_{page}", args=args)).context["adminform"].form.fields["trainer"]
        for page, args in (("add", []), ("change", [run.pk]))
    ]

    mine = (new.pk, "Asif · asif@smeda.example · Multan office")
    assert [[(key.value, label) for key, label in field.choices if key] for field in fields] == [
        [mine],
        [mine, (gone.pk, "Asif · gone@smeda.example")],
    ]


def test_a_change_goes_by_the_action_and_seats_those_who_wait(admin):
    run = CourseRunFactory(capacity=1)
    for owner in (OwnershipFactory(), OwnershipFactory()):
        enrolments.enrol(run=run, enterprise=owner.enterprise, person=owner.person, by=system())

    admin.post(reverse("admin:training_courserun_change", args=[run.pk]), typed(run, capacity=2))

    run.refresh_from_db()
    assert (run.capacity, run.seats_taken, Enrolment.objects.seated().count()) == (2, 2, 2)


@pytest.mark.parametrize("field", ["state", "seats_taken", "course", "pass_percent"])
def test_state_seats_course_and_rule_do_not_change_here(admin, field):
    run = CourseRunFactory()
    before = getattr(run, field)

    admin.post(
        reverse("admin:training_courserun_change", args=[run.pk]),
        typed(run, state="finished", seats_taken=5, course=CourseFactory().pk, pass_percent=1),
    )

    run.refresh_from_db()
    assert getattr(run, field) == before


def test_fewer_seats_than_people_is_refused_beside_the_field(admin):
    run = CourseRunFactory(capacity=2)
    for owner in (OwnershipFactory(), OwnershipFactory()):
        enrolments.enrol(run=run, enterprise=owner.enterprise, person=owner.person, by=system())

    response = admin.post(reverse("admin:training_courserun_change", args=[run.pk]), typed(run, capacity=1))

    errors = response.context["adminform"].form.errors
    assert errors == {"capacity": ["More people than that have a seat already."]}


def test_a_refusal_under_the_lock_is_said_in_words(admin, monkeypatch):
    run = CourseRunFactory(capacity=2)
    revise = runs.revise

    def filled_meanwhile(**asked):
        CourseRun.objects.update(seats_taken=2)
        return revise(**asked)

    monkeypatch.setattr(runs, "revise", filled_meanwhile)

    response = admin.post(
        reverse("admin:training_courserun_change", args=[run.pk]), typed(run, capacity=1), follow=True
    )

    said = [str(message) for message in response.context["messages"]]
    run.refresh_from_db()
    assert (said[0], run.capacity) == (
        "The date was not changed: More people than that have a seat already.",
        2,
    )


def test_a_class_that_was_marked_meanwhile_stays_marked(admin):
    run = run_with_classes(1)
    sitting = run.sittings.get()
    row = {"id": sitting.pk, "run": run.pk, "number": 1, "topic": "Money in, money out"}
    row |= moment("starts_at", run.starts_on, "08:00:00") | moment("ends_at", run.starts_on, "09:00:00")
    run.sittings.update(held_at=timezone.now())

    admin.post(reverse("admin:training_courserun_change", args=[run.pk]), typed(run, classes=[row]))

    sitting.refresh_from_db()
    assert (sitting.topic, sitting.is_held) == ("Money in, money out", True)


def test_courses_are_edited(admin):
    course = Course.objects.get(code="cash-book")
    values = {
        name: getattr(course, name)
        for name in ("name", "name_ur", "code", "description", "description_ur", "hours", "sittings_planned", "order")
    }

    admin.post(
        reverse("admin:training_course_change", args=[course.pk]), values | {"pass_percent": 75, "is_verified": "on"}
    )

    course.refresh_from_db()
    assert (course.pass_percent, course.is_verified, course.is_open) == (75, True, False)


def test_the_ten_courses_of_the_catalogue_are_not_confirmed():
    courses = Course.objects.all()

    assert (courses.count(), courses.filter(is_verified=False, is_open=True, pass_percent=80).count()) == (10, 10)
    assert list(courses.filter(name_ur="")) == []
    assert list(Course.objects.open()) == list(courses)


@pytest.mark.parametrize("name", ["course_changelist", "courserun_changelist", "course_add", "courserun_add"])
def test_the_pages_open(admin, name):
    CourseRunFactory()

    assert admin.get(reverse(f"admin:training_{name}")).status_code == 200

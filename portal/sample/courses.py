"""Sample courses: planned, attended, certified; in both languages."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Role
from places.models import District
from portal.sample.organisation import TOWNS
from training.actions import attendance, runs
from training.models import Course, CourseRun, Enrolment, Sitting
from training.states import Mark

# (days from today to the first class, town, course, further fields): fifteen runs, past, present and to come.
RUNS = (
    (-300, "multan", "cash-book", {}),
    (-260, "karachi", "pricing", {"women_only": True}),
    (-220, "peshawar", "cash-book", {}),
    (-180, "multan", "home-business", {"women_only": True}),
    (-140, "lahore", "business-plan", {}),
    (-110, "quetta", "livestock-care", {}),
    (-80, "skardu", "digital-payments", {"is_online": True}),
    (-50, "multan", "pricing", {}),
    (-24, "hyderabad", "food-hygiene", {"women_only": True}),
    (-6, "multan", "cash-book", {}),
    (1, "multan", "sell-by-phone", {"is_online": True}),
    (4, "multan", "home-business", {"women_only": True, "capacity": 6}),
    (8, "lahore", "fbr-registration", {"language": "en"}),
    (12, "skardu", "sell-by-phone", {}),
    (20, "karachi", "costing-for-tailors", {"women_only": True}),
)
PLANNED_BEFORE = timedelta(days=75)


def course_life(world, offset, town_code, course_code, others):
    """Plan the run ten weeks before, then hold its classes one a week."""
    town = next(town for town in TOWNS if town.code == town_code)
    first = world.today + timedelta(days=offset)
    trainer = world.organisation.one(Role.TRAINER, f"smeda-{town_code}")
    yield timezone.make_aware(datetime.combine(first, time(8))) - PLANNED_BEFORE
    course = Course.objects.get(code=course_code)
    days = [first + timedelta(days=3 * number) for number in range(course.sittings_planned)]
    run = runs.plan(
        course=course,
        office=Office.objects.get(code=f"smeda-{town_code}"),
        district=District.objects.get(code=town.districts[0]),
        trainer=trainer,
        times=[(at(day, 10), at(day, 13)) for day in days],
        by=User.objects.system(),
        **({"language": "ur", "capacity": 20} | where(town, others) | others),
    )
    for sitting in Sitting.objects.filter(run=run).order_by("number"):
        yield sitting.ends_at
        hold_class(world, run, sitting, trainer)


def where(town, others):
    """A hall in the town, unless the course is held on the phone."""
    if others.get("is_online"):
        return {}
    return {"place": f"SMEDA office, {town.name}", "place_ur": f"سمیڈا کا دفتر، {town.name_ur}"}


def hold_class(world, run: CourseRun, sitting: Sitting, trainer: User):
    seated = Enrolment.objects.seated().filter(run=run).values_list("pk", flat=True)
    marks = {pk: world.rng.choices([Mark.PRESENT, Mark.ABSENT, Mark.EXCUSED], [88, 8, 4])[0] for pk in seated}
    if marks:
        attendance.mark(sitting=sitting, marks=marks, by=trainer, version=sitting.version)


def at(day, hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))

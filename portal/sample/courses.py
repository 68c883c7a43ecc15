"""Sample courses: planned, attended, certified; in both languages."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Role
from casework.actions import plans
from casework.models import Case, Channel, Contact, Step, StepKind
from casework.states import CaseState
from enterprises.models import Sex
from places.calendar import OFFICE, add_working_days, late_cutoff, on_time_until
from places.models import District
from portal.sample.organisation import TOWNS
from training.actions import attendance, enrolments, runs
from training.models import Course, CourseRun, Enrolment, Sitting
from training.states import EnrolmentState, Mark

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
    (1, "multan", "sell-by-phone", {"is_online": True, "capacity": 60}),
    (4, "multan", "home-business", {"women_only": True, "capacity": 6}),
    (8, "lahore", "fbr-registration", {"language": "en"}),
    (12, "skardu", "sell-by-phone", {}),
    (20, "karachi", "costing-for-tailors", {"women_only": True}),
)
PLANNED_BEFORE = timedelta(days=75)
FILLED_BEFORE = timedelta(days=2)
SEATS_FILLED = 5
COURSE_OF_TODAY = "business-plan"
CLASSES_BEGIN, BEGUN_SINCE = 10, timedelta(hours=2)
ALL_PRESENT = (1, 0, 0)


def course_life(world, offset, town_code, course_code, others):
    """Plan the run ten weeks before, then hold its classes, on every second working day."""
    town = next(town for town in TOWNS if town.code == town_code)
    first = class_day(world.today + timedelta(days=offset))
    course = Course.objects.get(code=course_code)
    days = [add_working_days(first, 2 * number, calendar=OFFICE) for number in range(course.sittings_planned)]
    yield noon(first) - PLANNED_BEFORE
    run = plan_run(world, town, course, [at(day, CLASSES_BEGIN) for day in days], **others)
    if offset > 0:
        yield noon(world.today) - FILLED_BEFORE
        fill(run, town)
    for sitting in Sitting.objects.filter(run=run).order_by("number"):
        yield sitting.ends_at
        hold_class(world, run, sitting)


def class_day(day: date) -> date:
    """That day, or the next on which the offices work."""
    return on_time_until(day, calendar=OFFICE)


def last_class(now: datetime) -> datetime:
    """When the newest class began that waits to be marked: this morning, or before noon the working day before."""
    day = timezone.localdate(now - BEGUN_SINCE - timedelta(hours=CLASSES_BEGIN))
    return at(late_cutoff(day + timedelta(days=1), calendar=OFFICE), CLASSES_BEGIN)


def course_of_today(world, town, now):
    """A course whose last class has begun and waits to be marked: everybody earns the certificate but who is away.

    One of them has "finish a course" in the plan, so that the step is seen to close by itself.
    """
    course = Course.objects.get(code=COURSE_OF_TODAY)
    last = last_class(now)
    yield noon(world.today) - PLANNED_BEFORE
    before = range(-2 * (course.sittings_planned - 1), 0, 2)
    earlier = [at(add_working_days(last.date(), count, calendar=OFFICE), CLASSES_BEGIN) for count in before]
    run = plan_run(world, town, course, [*earlier, last])
    yield earlier[0] - FILLED_BEFORE
    promised = fill(run, town)
    if promised is not None:
        # A first plan has a step of each side.
        codes = ["course", "visit"] if promised.state == CaseState.CONTACTED else ["course"]
        kinds = StepKind.objects.filter(code__in=codes)
        steps = [plans.PlannedStep(kind=kind, due_on=world.today + timedelta(days=14)) for kind in kinds]
        plans.agree(case=promised, steps=steps, by=promised.advisor, version=promised.version)
    for sitting in Sitting.objects.filter(run=run).order_by("number")[: len(earlier)]:
        yield sitting.ends_at
        hold_class(world, run, sitting, chances=ALL_PRESENT)


def plan_run(world, town, course: Course, begins, **others) -> CourseRun:
    return runs.plan(
        course=course,
        office=Office.objects.get(code=f"smeda-{town.code}"),
        district=District.objects.get(code=town.districts[0]),
        trainer=world.organisation.one(Role.TRAINER, f"smeda-{town.code}"),
        times=[(moment, moment + timedelta(hours=course.hours) / len(begins)) for moment in begins],
        by=User.objects.system(),
        **({"language": "ur", "capacity": 20} | where(town, others) | others),
    )


def fill(run: CourseRun, town) -> Case | None:
    """Seats for some open cases of the town, where they are not on the course already.

    Return one who never finished a course, has none in the plan and was not visited: whoever tries the portal may have
    held a class since this day, and the visit that a first plan promises is still to come.
    """
    open_cases = Case.objects.filter(
        state__in=[CaseState.CONTACTED, CaseState.PLANNED], enterprise__district__code__in=town.districts
    ).select_related("advisor", "enterprise", "person")
    if run.women_only:
        open_cases = open_cases.filter(person__sex=Sex.WOMAN)
    joined = Enrolment.objects.live().filter(run=run).values("person_id")
    chosen = list(open_cases.exclude(person_id__in=joined).order_by("-opened_at", "-id")[:SEATS_FILLED])
    for case in chosen:
        enrolments.enrol(run=run, enterprise=case.enterprise, person=case.person, by=case.advisor)
    finished = set(Enrolment.objects.filter(state=EnrolmentState.COMPLETED).values_list("person_id", flat=True))
    visited = set(
        Contact.objects.standing().filter(channel=Channel.VISIT, case__in=chosen).values_list("case_id", flat=True)
    )
    planned = set(Step.objects.open().filter(kind__code="course", case__in=chosen).values_list("case_id", flat=True))
    free = (case for case in chosen if case.person_id not in finished and case.pk not in visited | planned)
    return next(free, None)


def where(town, others):
    """A hall in the town; of a course that is held on the phone, how one joins."""
    if others.get("is_online"):
        return {
            "place": "The trainer calls you when the class begins. Answer the call: it costs you nothing.",
            "place_ur": "کلاس شروع ہوتے ہی ٹرینر کی کال آئے گی۔ فون اٹھا لیں، آپ کا کوئی خرچ نہیں۔",
        }
    return {"place": f"SMEDA office, {town.name}", "place_ur": f"سمیڈا کا دفتر، {town.name_ur}"}


def hold_class(world, run: CourseRun, sitting: Sitting, *, chances=(88, 8, 4)):
    seated = Enrolment.objects.seated().filter(run=run).values_list("pk", flat=True)
    marks = {pk: world.rng.choices([Mark.PRESENT, Mark.ABSENT, Mark.EXCUSED], chances)[0] for pk in seated}
    if marks:
        attendance.mark(sitting=sitting, marks=marks, by=run.trainer, version=sitting.version)


def at(day, hour):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def noon(day):
    return at(day, 12)

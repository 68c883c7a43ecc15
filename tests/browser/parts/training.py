"""4: the trainer marks attendance, the certificate appears by rule, anyone verifies it, the plan's step closes."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.models import Office, User
from accounts.roles import Role
from casework.models import Step
from places.models import District
from tests.browser.parts.company import Journey, of_multan, sign_in_as_colleague
from tests.browser.walking import fill, follow, path_of, press
from training.actions import runs
from training.models import Certificate, Course, Enrolment, Sitting

LENGTH = timedelta(minutes=90)


def plan_course(journey: Journey, *, in_days: int = 0) -> int:
    """A course in Multan whose classes are all on one day, so that nobody has to wait for weeks."""
    day = timezone.localdate() + timedelta(days=in_days)
    with journey.world.inside():
        course = Course.objects.get(code="pricing")
        run = runs.plan(
            course=course,
            office=Office.objects.get(code="smeda-multan"),
            district=District.objects.get(code="multan"),
            trainer=User.objects.get(email=of_multan(Role.TRAINER)),
            # Half of its hours, the least that is planned: from midnight on, so that none is still to begin.
            times=[(begins, begins + LENGTH) for begins in (at(day, 0) + number * LENGTH for number in range(2))],
            by=User.objects.system(),
            place="SMEDA office, Multan",
            place_ur="سمیڈا کا دفتر، ملتان",
            capacity=20,
        )
        return run.pk


def at(day, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def mark_attendance(journey: Journey) -> None:
    """Everybody is present unless the trainer says otherwise: one page and one button a class."""
    page = sign_in_as_colleague(journey, "trainer", of_multan(Role.TRAINER), first_page="/training/")
    journey.see("trainer", "training")
    page.goto(f"/training/runs/{journey.run_id}/")
    journey.see("trainer", "run")
    for sitting_id in sittings_of(journey.run_id, journey):
        page.goto(f"/training/sittings/{sitting_id}/")
        if "sitting" not in journey.walk.seen:
            journey.see("trainer", "sitting")
        press(page, "save")
        assert path_of(page) == f"/training/runs/{journey.run_id}/"
    journey.see("trainer", "run-finished")


def sittings_of(run_id: int, journey: Journey) -> list[int]:
    with journey.world.inside():
        return list(Sitting.objects.filter(run_id=run_id).order_by("number").values_list("pk", flat=True))


def receive_certificate(journey: Journey) -> None:
    """The certificate stands on the client's page, as a PDF."""
    page = journey.go("client", "/my/")
    journey.see("client", "my-certified")
    follow(page, "/my/courses/")
    journey.see("client", "my-courses")
    paper = page.locator("main a[href*='/training/certificates/']").first.get_attribute("href")
    answer = page.request.get(paper)
    with journey.world.inside():
        journey.certificate = Certificate.objects.get(enrolment__run_id=journey.run_id).code
    assert answer.headers["content-disposition"] == f'attachment; filename="certificate-{journey.certificate}.pdf"'
    assert answer.body().startswith(b"%PDF-")


def verify_certificate(journey: Journey) -> None:
    """Anyone may ask: this one is genuine, that one is not known."""
    page = journey.pages["stranger"] = journey.walk.somebody()
    page.goto("/verify/")
    journey.see("stranger", "verify-start")
    fill(page, code=journey.certificate.lower())
    press(page, "check")
    assert path_of(page) == f"/verify/{journey.certificate}/"
    assert page.locator(".say.good").count() == 1
    journey.see("stranger", "verify-genuine")
    assert page.goto("/verify/0000-0000/").status == 404
    journey.see("stranger", "verify-unknown")


def find_step_closed(journey: Journey) -> None:
    """Nobody closed the plan's step: the journal did, because of the certificate."""
    with journey.world.inside():
        step = Step.objects.select_related("closed_by").get(case_id=journey.case_id, kind__code="course")
        assert step.closed_by == User.objects.system()
    journey.go("advisor", f"/desk/cases/{journey.case_id}/")
    journey.see("advisor", "case-step-closed")


def join_class_to_come(journey: Journey) -> int:
    """The client books a seat herself, for the reminder that comes the day before."""
    run_id = plan_course(journey, in_days=2)
    page = journey.go("client", "/courses/")
    journey.see("client", "courses")
    page.goto(f"/courses/{run_id}/")
    journey.see("client", "course")
    follow(page, f"/courses/{run_id}/join/")
    journey.see("client", "course-join")
    press(page, "join")
    with journey.world.inside():
        return Enrolment.objects.get(run_id=run_id, enterprise_id=journey.enterprise_id).pk

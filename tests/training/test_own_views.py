import datetime as dt
import uuid

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from kit.icons import draw
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, PersonFactory, entrepreneur
from tests.factories.training import (
    AttendanceFactory,
    CertificateFactory,
    CourseFactory,
    CourseRunFactory,
    EnrolmentFactory,
    SeatedFactory,
    SittingFactory,
    run_with_classes,
)
from tests.training.asking import links, said, sent
from training.models import Enrolment
from training.states import EnrolmentState

pytestmark = pytest.mark.django_db
MY = "/my/courses/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def owner():
    return entrepreneur()


@pytest.fixture
def browser(owner, signed_in):
    return signed_in(owner.person.user)


def join(run):
    return reverse("training:run-join", args=[run.pk])


def test_join_takes_a_seat_and_shows_the_place(browser, owner):
    run = CourseRunFactory()

    response = sent(browser, join(run), enterprise=owner.enterprise.pk)

    enrolment = Enrolment.objects.get()
    assert (response.status_code, response["Location"]) == (302, enrolment.get_absolute_url())
    assert (enrolment.person, enrolment.enterprise, enrolment.by, enrolment.state) == (
        owner.person,
        owner.enterprise,
        owner.person.user,
        EnrolmentState.ENROLLED,
    )


def test_join_sent_twice_takes_one_seat(browser, owner):
    run = CourseRunFactory()
    typed = {"request_key": uuid.uuid4(), "enterprise": owner.enterprise.pk}

    answers = [browser.post(join(run), typed)["Location"] for _time in range(2)]

    run.refresh_from_db()
    assert (answers[0], run.seats_taken) == (answers[1], 1)


def test_join_asks_before_it_acts(browser):
    response = browser.get(join(CourseRunFactory(capacity=1)))

    assert ("1 seat is left" in said(response), Enrolment.objects.count()) == (True, 0)


def test_join_of_a_full_run_offers_the_list(browser):
    assert "put me on the waiting list" in said(browser.get(join(CourseRunFactory(capacity=1, seats_taken=1))))


def test_join_of_a_run_that_began_is_refused_in_words(browser, owner):
    run = CourseRunFactory(starts_on=timezone.localdate() - DAY)

    response = sent(browser, join(run), enterprise=owner.enterprise.pk)

    assert ("This course has begun. Please choose another date." in said(response), Enrolment.objects.count()) == (
        True,
        0,
    )


def test_join_for_somebody_elses_business_is_refused(browser):
    other = entrepreneur()

    response = sent(browser, join(CourseRunFactory()), enterprise=other.enterprise.pk)

    assert (response.status_code, Enrolment.objects.count()) == (200, 0)


def test_join_with_two_businesses_asks_for_which(browser, owner):
    second = EnterpriseFactory(name="Second shop")
    OwnershipFactory(person=owner.person, enterprise=second)
    run = CourseRunFactory()

    asked = said(browser.get(join(run)))
    unchosen = said(sent(browser, join(run)))
    sent(browser, join(run), enterprise=second.pk)

    assert ("For which business?" in asked, "Choose one of these." in unchosen) == (True, True)
    assert Enrolment.objects.get().enterprise == second


def test_join_without_a_business_leads_to_registration(signed_in):
    person = PersonFactory(user=EntrepreneurUserFactory())

    response = signed_in(person.user).get(join(CourseRunFactory()))

    assert "First register your business" in said(response)


def test_my_courses_without_any(browser):
    assert "You are on no course yet" in said(browser.get(MY))


def test_my_courses_show_the_next_class_and_the_way_out(browser, owner):
    enrolment = SeatedFactory(enterprise=owner.enterprise, run__course=CourseFactory(name="Cash book"))
    coming = SittingFactory(run=enrolment.run, number=1, starts_at=timezone.now() + DAY)

    response = browser.get(MY)

    words = said(response)
    assert [text in words for text in ("Cash book", "You have a seat", "Your next class", "still to come")] == [
        True
    ] * 4
    assert f'id="class-{coming.pk}"' in response.content.decode()
    assert reverse("training:enrolment-cancel", args=[enrolment.pk]) in links(response)


def test_my_courses_show_attendance_and_the_certificate(browser, owner):
    run = run_with_classes(2, state="finished")
    run.sittings.update(held_at=timezone.now())
    enrolment = SeatedFactory(run=run, enterprise=owner.enterprise, state=EnrolmentState.COMPLETED)
    first, second = run.sittings.order_by("number")
    AttendanceFactory(enrolment=enrolment, sitting=first)
    AttendanceFactory(enrolment=enrolment, sitting=second, mark="absent")
    certificate = CertificateFactory(enrolment=enrolment)

    response = browser.get(MY)

    place = response.context["places"][0]
    assert (place.patches, place.attended) == (["done", "late"], "1 of 2 classes attended so far. 2 in all.")
    assert [one["note"].split(" · ")[1] for one in place.classes] == ["Present", "Absent"]
    assert (place.said, place.leave_url) == ("Finished. The certificate is yours", "")
    assert reverse("training:certificate-pdf", args=[certificate.pk]) in links(response)


def test_my_courses_say_it_when_no_certificate_was_earned(browser, owner):
    run = run_with_classes(1, state="finished")
    run.sittings.update(held_at=timezone.now())
    SeatedFactory(run=run, enterprise=owner.enterprise)

    place = browser.get(MY).context["places"][0]

    assert (place.said, place.classes[0]["note"].split(" · ")[1]) == ("Finished, without certificate", "Not marked")


@pytest.mark.parametrize(
    ("present", "why"),
    [
        (1, "The certificate needs 2 of 2 classes. Attended: 1."),
        (2, "The certificate was taken back."),
    ],
)
def test_a_place_says_why_no_certificate_was_earned_and_when_the_course_is_again(browser, owner, present, why):
    run = run_with_classes(2, state="finished", pass_percent=80)
    run.sittings.update(held_at=timezone.now())
    enrolment = SeatedFactory(run=run, enterprise=owner.enterprise)
    for sitting in run.sittings.order_by("number")[:present]:
        AttendanceFactory(enrolment=enrolment, sitting=sitting)
    again = CourseRunFactory(course=run.course, district=owner.enterprise.district, starts_on=dt.date(2099, 12, 1))

    response = browser.get(enrolment.get_absolute_url())

    words = said(response)
    assert [text in words for text in (why, "so far", "To do:", "Take this course again from 1 Dec 2099")] == [
        True, False, False, True,
    ]  # fmt: skip
    assert reverse("training:run-public", args=[again.pk]) in links(response)


def test_my_courses_say_why_somebody_waits(browser, owner):
    run = CourseRunFactory(capacity=1, seats_taken=1, starts_on=dt.date(2099, 12, 1))
    EnrolmentFactory(run=run, asked_at=timezone.now() - DAY)
    EnrolmentFactory(run=run, enterprise=owner.enterprise)

    place = browser.get(MY).context["places"][0]

    assert place.why == (
        "Number 2 on the list. All 1 seats are taken. When somebody gives up a seat until Tue 1 Dec 2099, the first on "
        "the list gets it at once, and a message."
    )


def test_my_courses_say_that_a_course_began_without_a_seat(browser, owner):
    EnrolmentFactory(run=CourseRunFactory(starts_on=timezone.localdate() - DAY), enterprise=owner.enterprise)

    place = browser.get(MY).context["places"][0]

    assert place.why == "The course began and no seat became free. Please choose another date."


def test_my_courses_show_nobody_elses(browser):
    SeatedFactory(enterprise=entrepreneur().enterprise)

    assert browser.get(MY).context["places"] == []


@pytest.mark.parametrize("number", [1, 3])
def test_my_courses_take_a_fixed_number_of_queries(browser, owner, django_assert_num_queries, number):
    for _time in range(number):
        run = run_with_classes(number)
        AttendanceFactory(
            enrolment=SeatedFactory(run=run, enterprise=owner.enterprise),
            sitting=run.sittings.order_by("number").first(),
        )
        EnrolmentFactory(enterprise=owner.enterprise)

    with django_assert_num_queries(6):
        browser.get(MY)


def test_the_class_of_an_open_item_is_shown_among_my_courses(browser):
    response = browser.get("/training/sittings/5/")

    assert (response.status_code, response["Location"]) == (302, "/my/courses/#class-5")


def test_i_give_up_my_place(browser, owner):
    sent(browser, join(CourseRunFactory()), enterprise=owner.enterprise.pk)
    enrolment = Enrolment.objects.get()

    response = sent(browser, reverse("training:enrolment-cancel", args=[enrolment.pk]), version=enrolment.version)

    enrolment.refresh_from_db()
    assert (response["Location"], enrolment.state) == (enrolment.get_absolute_url(), EnrolmentState.CANCELLED)
    assert "You gave up this place" in said(browser.get(enrolment.get_absolute_url()))


@pytest.mark.parametrize("name", ["enrolment-detail", "enrolment-cancel"])
def test_anothers_place_is_404(browser, name):
    enrolment = SeatedFactory(enterprise=entrepreneur().enterprise)

    assert browser.get(reverse(f"training:{name}", args=[enrolment.pk])).status_code == 404


@pytest.mark.parametrize("has_left", [False, True])
def test_whoever_gave_up_a_place_is_not_told_how_to_join(browser, owner, has_left):
    """And their advisor sees no box of something still to do."""
    run = CourseRunFactory(is_online=True, place="The trainer calls you.", place_ur="The trainer calls you.")
    enrolment = SeatedFactory(run=run, enterprise=owner.enterprise, person=owner.person)
    if has_left:
        Enrolment.objects.update(state=EnrolmentState.CANCELLED, cancelled_at=timezone.now())
    shown = {"panel": {"enrolments": [(Enrolment.objects.get(), "")], "may_enrol": False}}

    pages = [said(browser.get(url)) for url in (MY, enrolment.get_absolute_url())]
    panel = render_to_string("portal/_case_training.html", shown)

    assert ["How to join:" in page for page in pages] == [not has_left] * 2
    assert [draw(name) in panel for name in ("todo", "cross")] == [not has_left, has_left]

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.factories.accounts import colleague
from tests.factories.enterprises import district, entrepreneur
from tests.factories.training import (
    CertificateFactory,
    CourseFactory,
    CourseRunFactory,
    EnrolmentFactory,
    SeatedFactory,
    SittingFactory,
    run_with_classes,
)
from tests.training.asking import links, said
from training.models import Certificate, CourseRun
from training.pages import calendar

pytestmark = pytest.mark.django_db
LIST = "/courses/"
DAY = dt.timedelta(days=1)


def a_run(name="Cash book", **attributes):
    run = CourseRunFactory(course=CourseFactory(name=name), **attributes)
    SittingFactory(run=run, number=1)
    return run


def shown(response):
    return [run.course.name for run in response.context["page"].runs]


def test_the_calendar_shows_what_begins_from_today_in_its_order(client):
    today = timezone.localdate()
    a_run("later", starts_on=today + DAY)
    a_run("today", starts_on=today)
    a_run("begun", starts_on=today - DAY)
    a_run("finished", starts_on=today, state="finished")

    assert shown(client.get(LIST)) == ["today", "later"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["plain", "women", "online", "sindhi"]),
        ({"district": "multan"}, ["plain", "women", "online"]),
        ({"women_only": "yes"}, ["women"]),
        ({"online": "yes"}, ["online"]),
        ({"language": "sd"}, ["sindhi"]),
        ({"district": "multan", "women_only": "yes", "language": "ur"}, ["women"]),
        ({"district": "nowhere", "language": "xx", "online": "\x00"}, ["plain", "women", "online", "sindhi"]),
    ],
)
def test_the_calendar_is_filtered_by_its_url(client, asked, names):
    a_run("plain")
    a_run("women", women_only=True)
    a_run("online", is_online=True, district=district("quetta"))
    a_run("sindhi", language="sd", district=district("sukkur"))

    assert shown(client.get(LIST, asked)) == names


def test_a_card_says_the_seats_left_or_how_many_wait(client):
    free, full, waited = a_run("free", capacity=3), a_run("full", capacity=1), a_run("waited", capacity=1)
    CourseRun.objects.filter(pk__in=[full.pk, waited.pk]).update(seats_taken=1)
    EnrolmentFactory(run=waited)

    words = said(client.get(LIST))

    assert [text in words for text in ("3 seats left", "Full. You can join", "Full. 1 person is waiting, you can")] == [
        True
    ] * 3
    assert reverse("training:run-public", args=[free.pk]) in links(client.get(LIST))


def test_a_date_says_of_how_many_classes_the_certificate_comes(client):
    run = run_with_classes(4)

    words = said(client.get(reverse("training:run-public", args=[run.pk])))

    assert "Whoever comes to 4 of 4 classes gets a certificate." in words


def test_a_long_calendar_has_pages_that_keep_the_filter(client, monkeypatch):
    monkeypatch.setattr(calendar, "SIZE", 2)
    for name in ("one", "two", "three"):
        a_run(name)

    first = client.get(LIST, {"district": "multan"})
    second = client.get(LIST + first.context["page"].next_url)

    assert (shown(first), shown(second)) == (["one", "two"], ["three"])
    assert "district=multan" in second.context["page"].previous_url


@pytest.mark.parametrize(
    ("asked", "words"), [({}, "No course is open"), ({"online": "yes"}, "No course fits just now")]
)
def test_an_empty_calendar_says_what_to_do(client, asked, words):
    assert words in said(client.get(LIST, asked))


@pytest.mark.parametrize("number", [1, 3])
def test_the_calendar_takes_a_fixed_number_of_queries(client, django_assert_num_queries, number):
    for _time in range(number):
        a_run()

    with django_assert_num_queries(2):
        client.get(LIST)


def test_a_run_says_when_where_and_what(client):
    run = a_run("Cash book", place="Town hall", capacity=1)

    response = client.get(reverse("training:run-public", args=[run.pk]))

    words = said(response)
    assert [text in words for text in ("Cash book", "Town hall, Multan", "1 seat left", "Book a seat")] == [True] * 4
    assert reverse("training:run-join", args=[run.pk]) in links(response)


@pytest.mark.parametrize(
    ("place", "how"),
    [("The trainer calls you.", "How to join: The trainer calls you."), ("", "tells you before the first class")],
)
def test_a_course_on_the_phone_says_how_to_join(client, place, how):
    run = a_run(is_online=True, place=place, place_ur=place)

    page = said(client.get(reverse("training:run-public", args=[run.pk])))

    assert (how in page, "On your phone" in page) == (True, True)


def test_a_full_run_offers_the_waiting_list(client):
    run = a_run(capacity=1, seats_taken=1)

    page = said(client.get(reverse("training:run-public", args=[run.pk])))

    assert ["Join the waiting list" in page, "All seats are taken." in page] == [True, True]


def test_a_run_that_began_offers_other_dates(client):
    run = a_run(starts_on=timezone.localdate() - DAY)

    response = client.get(reverse("training:run-public", args=[run.pk]))

    assert "This course has begun" in said(response)
    assert reverse("training:run-join", args=[run.pk]) not in links(response)


@pytest.mark.parametrize(
    ("factory", "words"), [(SeatedFactory, "You have a seat"), (EnrolmentFactory, "Number 1 on the list")]
)
def test_whose_place_it_is_sees_it(signed_in, factory, words):
    owner = entrepreneur()
    run = a_run()
    factory(run=run, enterprise=owner.enterprise, person=owner.person)

    response = signed_in(owner.person.user).get(reverse("training:run-public", args=[run.pk]))

    assert (words in said(response), "seats left" in said(response)) == (True, False)
    assert reverse("training:my-courses") in links(response)


def test_a_colleague_sees_no_button(signed_in):
    run = a_run()

    response = signed_in(colleague(Role.ADVISOR)).get(reverse("training:run-public", args=[run.pk]))

    assert reverse("training:run-join", args=[run.pk]) not in links(response)


@pytest.mark.parametrize("pk", [0, 10**30])
def test_an_unknown_run_is_404(client, pk):
    assert client.get(f"/courses/{pk}/").status_code == 404


@pytest.mark.parametrize("typed", ["7K4M-QD2X", "7k4m qd2x", "7K4MQD2X"])
def test_a_certificate_is_genuine_however_its_code_is_written(client, typed):
    certificate = CertificateFactory(code="7K4M-QD2X")

    response = client.get(f"/verify/{typed}/")

    words = said(response)
    assert response.status_code == 200
    assert ("This certificate is genuine" in words, certificate.enrolment.person.name in words) == (True, True)


def test_a_certificate_that_was_taken_back_says_why(client):
    certificate = CertificateFactory()
    Certificate.objects.update(
        revoked_at=timezone.now(), revoked_by=colleague(Role.REGIONAL_MANAGER), revoked_reason="mistake"
    )

    words = said(client.get(f"/verify/{certificate.code}/"))

    assert ("taken back" in words, "It was given by mistake." in words) == (True, True)


@pytest.mark.parametrize("typed", ["AAAA-BBBB", "x", "سند", "7K4M-QD2X-AND-MORE"])
def test_an_unknown_code_is_404_in_plain_words(client, typed):
    CertificateFactory(code="7K4M-QD2X")

    response = client.get(f"/verify/{typed}/")

    assert (response.status_code, "We know no such certificate" in said(response)) == (404, True)
    assert [link[:4] for link in links(response)] == ["tel:", "/ver"]


def test_the_answer_is_kept_by_nobody(client):
    assert "no-store" in client.get("/verify/AAAA-BBBB/")["Cache-Control"]


def ask_too_often(client, monkeypatch):
    monkeypatch.setattr("training.views.public.CHECKS", 2)
    return [client.get("/verify/AAAA-BBBB/").status_code for _time in range(3)]


def test_guesses_from_one_address_are_counted(client, monkeypatch):
    assert ask_too_often(client, monkeypatch) == [404, 404, 429]


def test_without_the_limit_the_same_check_fails(client, monkeypatch):
    monkeypatch.setattr("training.views.public.throttles.allow", lambda *_args, **_limits: True)

    with pytest.raises(AssertionError):
        assert ask_too_often(client, monkeypatch) == [404, 404, 429]


def test_the_start_page_leads_to_the_certificate(client):
    response = client.get("/verify/", {"code": "7k4m qd2x"})

    assert (response.status_code, response["Location"]) == (302, "/verify/7K4M-QD2X/")


def test_the_start_page_says_what_is_wrong_and_keeps_what_was_typed(client):
    response = client.get("/verify/", {"code": "7K4M"})

    form = response.context["form"]
    assert ("A code has 8 letters and digits" in said(response), form["code"].value()) == (True, "7K4M")


def test_the_start_page_before_anything_is_typed(client):
    assert "One thing to put right" not in said(client.get("/verify/"))

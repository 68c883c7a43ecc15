import re
import runpy
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from journal import events
from journal.events import ENTREPRENEUR, record
from journal.models import JobRun
from kit import errors
from portal import checks, health
from portal.sweeps import sweep
from tests.factories.accounts import UserFactory, colleague
from tests.factories.casework import CaseFactory, StepFactory, StepKindFactory
from tests.factories.enterprises import EnterpriseFactory, entrepreneur
from tests.factories.messaging import MessageFactory

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["en", "ur"])


@LANGUAGES
@pytest.mark.parametrize("url", ["/", "/fees/", "/privacy/", "/track/", "/components/", "/courses/", "/verify/"])
def test_public_pages_open_in_both_languages(client, url, language):
    client.cookies["django_language"] = language

    response = client.get(url)

    assert (response.status_code, f'<html lang="{language}"' in response.content.decode()) == (200, True)


def test_track_shows_the_road_and_no_name(client):
    case = CaseFactory(enterprise=EnterpriseFactory(reference="MUL-4827"))

    response = client.get("/track/", {"ref": f" {case.enterprise.reference.lower()} "})

    assert response.context["reference"] == case.enterprise.reference
    assert [case.person.name in response.text, case.enterprise.name in response.text] == [False, False]


def test_track_names_no_loan_and_the_owners_page_does(client, signed_in):
    """N4: references run in order, and stand on papers that lie about."""
    case = CaseFactory(enterprise=EnterpriseFactory(reference="MUL-4827"))
    record("loans.disbursed", target=case, by=case.advisor, audience={ENTREPRENEUR}, data={"amount": 50_000})

    road = client.get("/track/", {"ref": "MUL-4827"}).context["road"]
    own = signed_in(case.person.user).get("/my/").context["business"].road

    assert loans_named(own) == ["Loan received", "Pay back the loan"]
    assert loans_named(road) == []


def loans_named(road):
    return [str(step["label"]) for step in road if "loan" in str(step["label"]).lower()]


@pytest.mark.parametrize("ref", ["MUL-0", "\x00", "\ud800", "'; drop table", "۱۲۳", "x" * 100_000])
def test_track_says_when_there_is_no_such_reference(client, ref):
    response = client.get("/track/", {"ref": ref.encode("utf-8", "replace").decode()})

    assert response.status_code == 200


@pytest.mark.parametrize("url", ["/", "/privacy/", "/courses/"])
def test_public_page_is_not_sent_again_until_it_changes(client, url):
    """It sets no cookie and holds no token, so it is the same for everybody, but for their language."""
    first = client.get(url, headers={"accept-encoding": "gzip"})
    kept = {"accept-encoding": "gzip", "if-none-match": first["ETag"]}

    again = client.get(url, headers=kept)
    in_urdu = client.get(url, headers=kept | {"accept-language": "ur"})

    assert (first.status_code, list(first.cookies)) == (200, [])
    assert (again.status_code, again.content, in_urdu.status_code) == (304, b"", 200)


def test_language_changes_without_a_token_and_nothing_else_does():
    client = Client(enforce_csrf_checks=True)

    changed = client.post("/i18n/setlang/", {"language": "ur", "next": "/privacy/"})
    refused = client.post("/register/", {"stage": "running"})

    assert (changed.status_code, changed.url, client.cookies["django_language"].value) == (302, "/privacy/", "ur")
    assert refused.status_code == 403


@pytest.mark.parametrize("made_up", [{}, {"csrfmiddlewaretoken": "a" * 64}])
def test_a_half_filled_form_stands_in_the_other_language(made_up):
    """Pressed on the page of the form, whose token comes with it; whoever has none fills in nothing for others."""
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in/?next=/my/").content.decode()
    button = page.split('form="typed" formaction="', 1)[1].split('"', 1)[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    typed = {"cnic": "36302-48", "language": "ur"}

    stranger = client.post(button, typed | made_up)
    without = client.get(stranger.url).content.decode()
    changed = client.post(button, typed | {"csrfmiddlewaretoken": token})
    there = client.get(changed.url).content.decode()

    assert (button, changed.url) == ("/i18n/setlang/?next=%2Fsign-in%2F%3Fnext%3D%2Fmy%2F", "/sign-in/?next=/my/")
    assert ['value="36302-48"' in found for found in (without, there)] == [False, True]
    assert ('lang="ur" dir="rtl"' in there, "error" in there) == (True, False)
    assert page.index('form="typed" tabindex="-1"') < page.index('form="typed" formaction')


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: where nobody looks at the token")
@pytest.mark.parametrize("made_up", [{}, {"csrfmiddlewaretoken": "a" * 64}])
def test_a_half_filled_form_stands_in_the_other_language_control(made_up, monkeypatch):
    monkeypatch.setattr("kit.language_urls.is_from_our_form", lambda _request: True)

    test_a_half_filled_form_stands_in_the_other_language(made_up)


def test_pages_of_people_are_not_kept(signed_in):
    response = signed_in(colleague(Role.ADVISOR)).get("/desk/")

    assert response["Cache-Control"] == "no-store, private"


def test_health_answers(client):
    assert [client.get(url).status_code for url in ("/livez", "/readyz")] == [200, 200]


def test_readiness_asks_the_database_each_time_and_the_code_once(client, django_assert_num_queries, monkeypatch):
    health.of_this_release()  # this process has read them
    monkeypatch.setattr(health, "MigrationLoader", None)

    for _probe in range(2):
        with django_assert_num_queries(1):
            assert client.get("/readyz").status_code == 200


def test_a_release_whose_migrations_wait_is_not_ready(client):
    MigrationRecorder.Migration.objects.filter(app="journal").order_by("-id")[:1].get().delete()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.text) == (503, "migrations are waiting\n")


def test_statusz_tells_colleagues_on_duty(signed_in):
    response = signed_in(colleague(Role.ADMINISTRATOR)).get("/statusz?format=json")

    assert sorted(response.json()) == [
        "broker",
        "disk_free_percent",
        "jobs_given_up",
        "jobs_open",
        "outbox_dead",
        "outbox_held",
        "outbox_oldest_seconds",
        "outbox_sent_last_day",
        "outbox_waiting",
    ]


def test_statusz_counts_what_is_held_but_not_as_late():
    now = timezone.now()
    MessageFactory(due_at=now - timedelta(seconds=90))
    MessageFactory(due_at=now + timedelta(hours=9))

    status = health.gather(now=now)

    assert [status[f"outbox_{name}"] for name in ("waiting", "held", "oldest_seconds")] == [2, 1, 90]


@LANGUAGES
def test_statusz_is_said_in_words(signed_in, language):
    client = signed_in(colleague(Role.ADMINISTRATOR))
    client.cookies["django_language"] = language

    page = client.get("/statusz")

    assert ("outbox_" in page.text, [line["label"] for line in page.context["lines"]]) == (
        False,
        list(health.LABELS.values()),
    )


# The way back of somebody signed in

ENTREPRENEURS_WAY, STAFFS_WAY = 'href="/my/"', 'href="/staff/"'


@pytest.mark.parametrize("url", ["/", "/track/", "/courses/", "/fees/", "/there-is-no-such-page/", "/desk/"])
def test_an_entrepreneur_signed_in_finds_the_way_back(signed_in, url):
    page = signed_in(entrepreneur().person.user).get(url)

    assert (ENTREPRENEURS_WAY in page.text, "Register free" in page.text) == (True, False)


@pytest.mark.parametrize("url", ["/", "/there-is-no-such-page/", "/my/"])
def test_a_colleague_signed_in_finds_the_way_back(signed_in, url):
    page = signed_in(colleague(Role.TRAINER)).get(url)

    assert (STAFFS_WAY in page.text, "Register free" in page.text, 'href="/sign-in/"' in page.text) == (
        True, False, False,
    )  # fmt: skip


@pytest.mark.parametrize("url", ["/", "/there-is-no-such-page/"])
def test_a_visitor_is_shown_the_first_page_and_no_way_back(client, url):
    """The failing control of the two tests above."""
    page = client.get(url)

    assert [way in page.text for way in (ENTREPRENEURS_WAY, STAFFS_WAY)] == [False, False]


def test_an_error_page_asks_nobody_who_reads_when_the_fault_is_ours(rf):
    request = rf.get("/")
    request.first_page = lambda: pytest.fail("the database was asked")

    assert [errors.answer(request, status).status_code for status in (500, 503)] == [500, 503]


def test_an_error_page_is_drawn_though_nobody_can_say_who_reads(rf):
    request = rf.get("/")

    def out_of_reach():
        raise OperationalError

    request.first_page = out_of_reach

    assert "Go to the first page" in errors.answer(request, 404).text


def test_the_sweep_finds_an_enterprise_without_a_case_and_a_step_left_open():
    case = CaseFactory()
    StepFactory(case=case, kind=StepKindFactory(closed_by_event="casework.contacted", closed_by_code=""))
    EnterpriseFactory()
    before = sweep(JobRun())
    # The event without its reaction: what a missed reaction would leave.
    kept = events._wired["casework.contacted"]
    events._wired["casework.contacted"] = ()
    record("casework.contacted", target=case, by=User.objects.system(), audience={ENTREPRENEUR})
    events._wired["casework.contacted"] = kept

    after = sweep(JobRun())

    assert before == {
        "enterprises_without_case": 1,
        "ownerless_items": 0,
        "complaints_of_nobody": 0,
        "flags_of_nobody": 0,
        "plan_reviews_of_nobody": 0,
        "plan_remarks_of_nobody": 0,
        "call_backs_of_nobody": 0,
        "denials_of_nobody": 0,
        "steps_left_open": 0,
        "leads_that_lack_nothing": 0,
        "loans_out_of_balance": 0,
    }
    assert after == before | {"steps_left_open": 1}


@pytest.mark.parametrize("hosts", ["portal.example", "127.0.0.1,192.168.1.7", "*"])
def test_sample_data_never_starts_for_other_machines(monkeypatch, hosts):
    monkeypatch.setenv("SAMPLE_DATA", "1")
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)

    with pytest.raises(ImproperlyConfigured, match="this machine alone"):
        runpy.run_path("portal/settings.py")


def test_deployment_refuses_sample_data(settings):
    settings.SAMPLE_DATA = True

    assert [error.id for error in checks.no_sample_data(None)] == ["portal.E001"]


def test_deployment_refuses_sample_accounts():
    UserFactory(email=f"somebody@{checks.SAMPLE_DOMAIN}")

    assert [error.id for error in checks.no_sample_accounts(None, databases=["default"])] == ["portal.E002"]


def test_deployment_accepts_a_database_of_real_people():
    UserFactory(email="somebody@smeda.org.pk")

    assert checks.no_sample_accounts(None, databases=["default"]) == []


def test_sample_data_is_never_loaded_beside_real_people(settings):
    settings.SAMPLE_DATA = True
    CaseFactory()

    with pytest.raises(CommandError, match="never stands beside real people"):
        call_command("load_sample")


def test_sample_data_is_refused_in_production(settings):
    settings.SAMPLE_DATA = False

    with pytest.raises(CommandError):
        call_command("load_sample")

import runpy

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User
from accounts.roles import Role
from journal import events
from journal.events import ENTREPRENEUR, record
from journal.models import JobRun
from portal import checks
from portal.sweeps import sweep
from tests.factories.accounts import UserFactory, colleague
from tests.factories.casework import CaseFactory, StepFactory, StepKindFactory
from tests.factories.enterprises import EnterpriseFactory

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


@pytest.mark.parametrize("ref", ["MUL-0", "\x00", "\ud800", "'; drop table", "۱۲۳", "x" * 100_000])
def test_track_says_when_there_is_no_such_reference(client, ref):
    response = client.get("/track/", {"ref": ref.encode("utf-8", "replace").decode()})

    assert response.status_code == 200


def test_pages_of_people_are_not_kept(signed_in):
    response = signed_in(colleague(Role.ADVISOR)).get("/desk/")

    assert response["Cache-Control"] == "no-store, private"


def test_health_answers(client):
    assert [client.get(url).status_code for url in ("/livez", "/readyz")] == [200, 200]


def test_statusz_tells_colleagues_on_duty(signed_in):
    response = signed_in(colleague(Role.ADMINISTRATOR)).get("/statusz?format=json")

    assert sorted(response.json()) == [
        "broker",
        "disk_free_percent",
        "jobs_given_up",
        "jobs_open",
        "outbox_dead",
        "outbox_oldest_seconds",
        "outbox_sent_last_day",
        "outbox_waiting",
    ]


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
        "steps_left_open": 0,
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

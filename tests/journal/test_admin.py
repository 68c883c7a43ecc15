import pytest
from django.urls import reverse

from accounts.roles import Role
from journal.models import JobRun
from tests.factories.accounts import colleague
from tests.factories.messaging import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(signed_in):
    return signed_in(colleague(Role.ADMINISTRATOR))


@pytest.fixture
def run():
    return JobRun.objects.create(job="reports.month", period="2026-11", due_at=NOON)


def test_an_administrator_reads_which_jobs_ran(admin, run):
    pages = [
        admin.get(reverse("admin:journal_jobrun_changelist"), {"job": "reports.month"}),
        admin.get(reverse("admin:journal_jobrun_change", args=[run.pk])),
    ]

    assert [(page.status_code, "reports.month" in page.content.decode()) for page in pages] == [(200, True)] * 2


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_nobody_writes_runs_by_hand(admin, run, verb):
    response = admin.post(reverse(f"admin:journal_jobrun_{verb}", args=[] if verb == "add" else [run.pk]), {"job": "x"})

    run.refresh_from_db()
    assert (response.status_code, run.job) == (403, "reports.month")

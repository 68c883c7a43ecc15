import io
import json

import pytest
from django.core.management import call_command

from casework.models import Case
from enterprises.models import Enterprise
from journal.models import JobRun
from loans.models import Application, Loan
from messaging.models import Message
from portal.sample import loading
from portal.sweeps import sweep
from training.models import CourseRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(settings, monkeypatch):
    """The sample, with a tenth of its people: one at each stage, and some who repay each way."""
    settings.SAMPLE_DATA = True
    for name, number in {"BORROWERS": 12, "AT_STAGES": 23, "NEWCOMERS": 14}.items():
        monkeypatch.setattr(loading, name, number)
    call_command("load_sample", stdout=io.StringIO())


def test_the_sample_looks_like_life_and_leaves_nothing_out_of_order(small):
    said = io.StringIO()
    call_command("load_sample", stdout=said)

    assert said.getvalue() == "The sample data is there already.\n"
    assert (Enterprise.objects.count(), Loan.objects.count(), CourseRun.objects.count()) == (49, 12, 15)
    assert set(Case.objects.values_list("state", flat=True)) == {"new", "contacted", "planned", "closed"}
    assert {"received", "visited", "guaranteed", "disbursed"} <= set(
        Application.objects.values_list("state", flat=True)
    )
    assert set(sweep(JobRun()).values()) == {0}
    assert Message.objects.filter(state="waiting").count() == 0


def test_every_sample_sign_in_is_printed(small):
    said, table = io.StringIO(), io.StringIO()
    call_command("sample_accounts", "--json", stdout=said)
    call_command("sample_accounts", stdout=table)
    accounts = json.loads(said.getvalue())

    assert {account["role"] for account in accounts} >= {"advisor", "trainer", "cashier", "administrator", "auditor"}
    assert len({account["email"] for account in accounts if "email" in account}) == 99
    assert "walk-with-me-to-skardu" in table.getvalue()

import io
import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from casework.models import Case, Step
from enterprises.models import Enterprise
from journal.models import JobRun
from loans.messages import KINDS as LOANS
from loans.models import Application, Loan
from messaging.fake_gateway import Store
from messaging.models import Message
from portal.sample import loading
from portal.sweeps import sweep
from training.actions import attendance
from training.messages import SITTING_TOMORROW
from training.models import Attendance, CourseRun

pytestmark = pytest.mark.django_db
INSTALMENT_DUE = next(kind for kind in LOANS if kind.name == "loans.instalment_due")


@pytest.fixture
def small(settings, monkeypatch, tmp_path):
    """The sample, with a tenth of its people: one at each stage, and some who repay each way."""
    settings.SAMPLE_DATA, settings.MEDIA_ROOT = True, tmp_path
    for name, number in {"BORROWERS": 12, "AT_STAGES": 23, "NEWCOMERS": 14}.items():
        monkeypatch.setattr(loading, name, number)
    monkeypatch.setenv("FAKE_GATEWAY_STORE", str(tmp_path / "phones.sqlite3"))
    call_command("load_sample", stdout=io.StringIO())
    return Store(tmp_path / "phones.sqlite3")


def test_the_sample_looks_like_life_and_leaves_nothing_out_of_order(small):
    said = io.StringIO()
    call_command("load_sample", stdout=said)

    assert said.getvalue() == "The sample data is there already.\n"
    assert (Enterprise.objects.count(), Loan.objects.count(), CourseRun.objects.count()) == (52, 15, 29)
    assert set(Case.objects.values_list("state", flat=True)) == {"new", "contacted", "planned", "closed"}
    assert {"received", "visited", "guaranteed", "disbursed"} <= set(
        Application.objects.values_list("state", flat=True)
    )
    assert set(sweep(JobRun()).values()) == {0}
    assert Message.objects.filter(state="waiting").count() == 0
    assert_steps_can_be_walked(small)
    assert_every_sign_in_is_printed()
    assert_a_later_start_has_its_own_classes()


def assert_steps_can_be_walked(phones):
    """Whatever the hour at which the sample is loaded: history on the phones, reminders to come, a class to mark."""
    now, today = timezone.now(), timezone.localdate()
    told = phones.newest(limit=1000)
    assert (len(told) > 20, {one["at"][:10] < str(today) for one in told}) == (True, {True})
    planned = {kind.name: len(list(kind.due(now))) for kind in (INSTALMENT_DUE, SITTING_TOMORROW)}
    assert all(planned.values()), planned
    multan = CourseRun.objects.get(ends_on=today, office__code="smeda-multan", course__code="business-plan")
    (unmarked,) = multan.sittings.unmarked(now=now)
    seated = multan.enrolments.seated()
    marks = Attendance.objects.filter(enrolment__in=seated, mark="present")
    on_it = seated.count()
    assert (on_it >= 5, marks.count(), unmarked.number) == (True, on_it, 2)
    attendance.mark(
        sitting=unmarked, marks={one.pk: "present" for one in seated}, by=multan.trainer, version=unmarked.version
    )
    closed = Step.objects.filter(kind__code="course", case__enterprise__enrolments__run=multan, closed_at__gte=now)
    assert (seated.filter(state="completed").count(), closed.count()) == (on_it, 1)
    colleagues = User.objects.filter(appointments__office__code__in=["smeda-multan", "aim-multan"])
    assert len(set(colleagues.values_list("full_name", flat=True))) == colleagues.count()


def assert_a_later_start_has_its_own_classes():
    """Started again in five days, and twice on that day: one course to mark, one class tomorrow, no more."""
    later = timezone.now() + timedelta(days=5)
    of_multan = CourseRun.objects.filter(office__code="smeda-multan")
    with time_machine.travel(later, tick=False):
        today = timezone.localdate()
        for _ in range(2):
            call_command("load_sample", stdout=io.StringIO())
        to_mark = of_multan.get(ends_on=today, course__code="business-plan")
        coming = of_multan.get(starts_on=today + timedelta(days=1))
    assert (to_mark.sittings.filter(held_at=None).count(), coming.enrolments.seated().count()) == (1, 5)


def assert_every_sign_in_is_printed():
    said, table = io.StringIO(), io.StringIO()
    call_command("sample_accounts", "--json", stdout=said)
    call_command("sample_accounts", stdout=table)
    accounts = json.loads(said.getvalue())

    assert {account["role"] for account in accounts} >= {"advisor", "trainer", "cashier", "administrator", "auditor"}
    assert len({account["email"] for account in accounts if "email" in account}) == 113
    assert "walk-with-me-to-skardu" in table.getvalue()

import io
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from casework.models import Case, Contact, Step
from casework.sweeps import overdue_first_contacts
from enterprises.models import Draft, Enterprise, LookAlike, Person
from journal.models import JobRun
from journal.open_items import COLUMNS, Scope
from loans.messages import KINDS as LOANS
from loans.models import Application, FundingScheme, LedgerEntry, Loan
from loans.purse import purses
from messaging.fake_gateway import Store
from messaging.models import Message
from portal.open_items import OPEN_ITEMS
from portal.sample import clock, later, loading
from portal.sample.courses import class_day, last_class
from portal.sweeps import sweep
from training.actions import attendance
from training.messages import SITTING_TOMORROW
from training.models import Attendance, CourseRun, Sitting

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
INSTALMENT_DUE = next(kind for kind in LOANS if kind.name == "loans.instalment_due")


@pytest.fixture
def small(settings, monkeypatch, tmp_path):
    """The sample, with a tenth of its people: one at each stage, and some who repay each way."""
    settings.SAMPLE_DATA, settings.MEDIA_ROOT = True, tmp_path
    for name, number in {"BORROWERS": 12, "AT_STAGES": 23, "NEWCOMERS": 4}.items():
        monkeypatch.setattr(loading, name, number)
    monkeypatch.setenv("FAKE_GATEWAY_STORE", str(tmp_path / "phones.sqlite3"))
    call_command("load_sample", stdout=io.StringIO())
    return Store(tmp_path / "phones.sqlite3")


def test_the_sample_looks_like_life_and_leaves_nothing_out_of_order(small):
    said, there = io.StringIO(), everything()
    call_command("load_sample", stdout=said)

    assert everything() == there  # a second start on one day changes nothing
    assert said.getvalue() == "The sample data is there already.\n"
    assert (Enterprise.objects.count(), Loan.objects.count(), CourseRun.objects.count()) == (58, 27, 29)
    assert set(Case.objects.values_list("state", flat=True)) == {"new", "contacted", "planned", "closed"}
    assert {"received", "visited", "guaranteed", "disbursed"} <= set(
        Application.objects.values_list("state", flat=True)
    )
    assert {name: number for name, number in sweep(JobRun()).items() if number} == {}
    assert overdue_first_contacts(timezone.now()).exclude(advisor__phone="").exists()
    assert (LookAlike.objects.suspected().count() > 0, Draft.objects.to_call(at=timezone.now()).count()) == (True, 1)
    assert {timezone.localtime(begins).hour for begins in Sitting.objects.values_list("starts_at", flat=True)} == {10}
    assert_classes_fit_their_courses()
    assert Loan.objects.filter(disbursed_on__gte=timezone.localdate() - timedelta(days=30)).exists()
    assert_a_public_fund_lends()
    agreed = Contact.objects.exclude(next_on=None).values_list("next_on", flat=True)
    assert [day for day in agreed if class_day(day) != day] == []
    assert Message.objects.filter(state="waiting").count() == 0
    assert_steps_can_be_walked(small)
    assert_every_sign_in_is_printed()
    assert_the_sample_lives_on(loaded_at=timezone.now())


def assert_a_public_fund_lends():
    """Its money came before it was lent, a second letter waits for somebody, and nothing is promised beyond it."""
    fund = FundingScheme.objects.get(code="pm-interest-free")
    purse = purses([fund])[fund.pk]
    assert (purse.received, fund.purse.unchecked().count()) == (5_000_000, 1)
    assert (0 < purse.given < Loan.objects.count() * 50_000, 0 < purse.recovered < purse.given, purse.left > 0) == (
        (True, True, True)
    )


def assert_steps_can_be_walked(phones):
    """Whatever the hour at which the sample is loaded: history on the phones, reminders to come, a class to mark."""
    now, today = timezone.now(), timezone.localdate()
    told = phones.newest(limit=1000)
    assert (len(told) > 20, {one["at"][:10] < str(today) for one in told}) == (True, {True})
    planned = {kind.name: len(list(kind.due(now))) for kind in (INSTALMENT_DUE, SITTING_TOMORROW)}
    assert [count > 0 for count in planned.values()] == [True, is_class_ahead(now)], planned
    newest = timezone.localdate(last_class(now))
    multan = CourseRun.objects.get(ends_on=newest, office__code="smeda-multan", course__code="business-plan")
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


def assert_classes_fit_their_courses():
    """On working days, and together as long as the course."""
    days = {timezone.localdate(begins) for begins in Sitting.objects.values_list("starts_at", flat=True)}
    assert [day for day in sorted(days) if class_day(day) != day] == []
    lengths = {run: timedelta(hours=run.hours) for run in CourseRun.objects.all()}
    assert {
        run: sum((one.ends_at - one.starts_at for one in run.sittings.all()), timedelta()) for run in lengths
    } == lengths


def is_class_ahead(now):
    """On the eve of a Sunday or a holiday nobody is reminded, unless early in the morning of a class of that day."""
    today, tomorrow = timezone.localdate(now), timezone.localdate(now) + timedelta(days=1)
    this_morning = Sitting.objects.filter(starts_at__gt=now, starts_at__date=today, run__enrolments__state="enrolled")
    return class_day(tomorrow) == tomorrow or this_morning.exists()


def start(later):
    """Start again at that moment: what was said."""
    said = io.StringIO()
    with time_machine.travel(later, tick=False):
        call_command("load_sample", stdout=said)
    return said.getvalue()


def alive(now):
    """What a visitor finds who starts the portal at that moment."""
    today = timezone.localdate(now)
    multan = CourseRun.objects.filter(office__code="smeda-multan")
    of_sample = Loan.objects.filter(person__phone__startswith=later.PHONES)
    uncalled = Case.objects.uncalled().filter(office__code="smeda-multan")
    with time_machine.travel(now, tick=False):
        reminders = [len(list(kind.due(now))) for kind in (INSTALMENT_DUE, SITTING_TOMORROW)]
    return {
        "a class to mark": multan.get(ends_on=timezone.localdate(last_class(now)), course__code="business-plan")
        .sittings.filter(held_at=None)
        .count(),
        "seats tomorrow": multan.get(starts_on=class_day(today + timedelta(days=1))).enrolments.seated().count() >= 5,
        "earlier classes not held": unheld(before=timezone.localdate(last_class(now))),
        "reminders": [count > 0 for count in reminders],
        "instalments soon": of_sample.due(on=today, until=today + timedelta(days=3)).exists(),
        "receipts of this month": LedgerEntry.objects.filter(received_on__gt=today - timedelta(days=31)).count() > 4,
        "late by weeks": of_sample.filter(next_due_on__lt=today - timedelta(days=20)).count(),
        "forgotten by colleagues": sorted(
            {item["kind"] for item in waiting(today) if item["due_on"] < today - 3 * WEEK}
        ),
        "on the way": {"casework.step", "casework.referral", "loans.application"} <= kinds_of(waiting(today)),
        "first calls due": uncalled.filter(first_contact_due_on__gte=today).exists(),
        "waiting for the gateway": Message.objects.filter(state="waiting", due_at__lte=now).count(),
    }


def waiting(today):
    """What sample people wait for; who is behind with a loan is counted apart."""
    people = Person.objects.filter(phone__startswith=later.PHONES)
    enterprises = Enterprise.objects.filter(ownerships__person__in=people)
    scope = Scope(enterprise_ids=set(enterprises.values_list("pk", flat=True)), today=today)
    rows = [dict(zip(COLUMNS, item, strict=True)) for source in OPEN_ITEMS for items in source(scope) for item in items]
    return [item for item in rows if item["kind"] != "loans.instalment"]


def kinds_of(items):
    return {item["kind"] for item in items}


def unheld(*, before):
    """Classes of somebody that nobody marked."""
    missed = Sitting.objects.filter(held_at=None, starts_at__date__lt=before, run__enrolments__state="enrolled")
    return missed.distinct().count()


def everything():
    """How much there is of what a start may add to."""
    counted = (Person, Case, Contact, CourseRun, Attendance, LedgerEntry, Message)
    return [model.objects.count() for model in counted]


def written_by(later, *, stays):
    """What a start at that moment writes; taken back unless it stays."""
    with transaction.atomic():
        before = LedgerEntry.objects.latest("id").pk
        start(later)
        rows = LedgerEntry.objects.filter(pk__gt=before).order_by("id")
        written = list(rows.values_list("loan__reference", "amount", "received_on", "number"))
        people = list(Person.objects.order_by("-id").values_list("name", "cnic", "phone")[:5])
        transaction.set_rollback(not stays)
    return written, people


def assert_the_sample_lives_on(*, loaded_at):
    """Started again after three days and after forty, and twice on that day: today's days, and nothing twice.

    What a start writes hangs on the seed and the day alone, the longer the time that it makes up for, the more of it.
    """
    stopped = Loan.objects.filter(next_due_on__lt=timezone.localdate(loaded_at) - timedelta(days=20)).count()
    for days in (3, 40):
        now = loaded_at + timedelta(days=days)
        tried = written_by(now, stays=False) if days == 40 else None
        written = written_by(now, stays=True)
        assert tried in (None, written)

        assert alive(now) == {
            "a class to mark": 1,
            "seats tomorrow": True,
            "earlier classes not held": 0,
            "reminders": [True, is_class_ahead(now)],
            "instalments soon": True,
            "receipts of this month": True,
            "late by weeks": stopped,
            "forgotten by colleagues": [],
            "on the way": True,
            "first calls due": True,
            "waiting for the gateway": 0,
        }
        there = everything()
        start(now)
        assert everything() == there
        assert {name: number for name, number in sweep(JobRun()).items() if number} == {}


@pytest.mark.parametrize("hour", range(24))
def test_classes_are_held_by_day_whatever_the_hour(hour):
    """One has begun, long enough ago to be marked, and not long ago."""
    now = timezone.make_aware(datetime(2026, 11, 26, hour, 30))  # noqa: DTZ001 (of Karachi)

    begins = timezone.localtime(last_class(now))

    assert (begins.hour, timedelta(hours=2) <= now - begins <= timedelta(hours=26)) == (10, True)


def test_it_says_how_far_it_is_every_few_seconds(monkeypatch):
    """It looks at the clock that nobody sets."""
    ticks = iter([0, 2, 3, 3, 9, 9])
    monkeypatch.setattr(clock, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    said = []
    voice = clock.Voice(said.append, how_far=lambda: "120 of 300 businesses")

    for month in (7, 8, 9):
        voice.now_and_then(datetime(2026, month, 1, tzinfo=UTC))

    assert said == ["  120 of 300 businesses, August 2026", "  120 of 300 businesses, September 2026"]


def assert_every_sign_in_is_printed():
    said, table = io.StringIO(), io.StringIO()
    call_command("sample_accounts", "--json", stdout=said)
    call_command("sample_accounts", stdout=table)
    accounts = json.loads(said.getvalue())

    assert {account["role"] for account in accounts} >= {"advisor", "trainer", "cashier", "administrator", "auditor"}
    assert len({account["email"] for account in accounts if "email" in account}) == 113
    assert "walk-with-me-to-skardu" in table.getvalue()

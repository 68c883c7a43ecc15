"""What the sample shows beside cases, and that it does on every day of a week, whatever the hour of the start."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Absence
from casework.models import (
    Attempt,
    Barrier,
    BarrierReport,
    CallBack,
    Case,
    Closure,
    Flag,
    Introduction,
    Note,
    Pause,
    PlanReview,
    Questionnaire,
    SavedFilter,
    Transfer,
    Writing,
)
from journal.models import JobRun
from portal.sample import loading
from portal.sweeps import sweep

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
# The evening of a Saturday in Pakistan; and early on a Monday there, which is still Sunday in the world's clock.
STARTS = (datetime(2026, 11, 21, 15, 0, tzinfo=UTC), datetime(2026, 11, 22, 19, 40, tzinfo=UTC))


def states_of(model, *, by="state"):
    return set(model.objects.values_list(by, flat=True))


def load(at, monkeypatch, settings, tmp_path):
    settings.SAMPLE_DATA, settings.MEDIA_ROOT = True, tmp_path
    for name, number in {"BORROWERS": 12, "AT_STAGES": 23, "NEWCOMERS": 4}.items():
        monkeypatch.setattr(loading, name, number)
    start(at)


def start(at):
    with time_machine.travel(at, tick=False):
        call_command("load_sample", stdout=io.StringIO())


def history():
    """What came of what, whenever the sample was loaded."""
    return {
        "transfers": states_of(Transfer) >= {"accepted", "refused", "withdrawn", "undone"},
        "flags": states_of(Flag) >= {"cleared"},
        "referrals elsewhere": set(Introduction.objects.exclude(state="sent").values_list("to", "state"))
        >= {("office", "ended"), ("outside", "answered")},
        "paused and called again": Pause.objects.exclude(ended_at=None).exists(),
        "taken back": [
            Note.objects.exclude(removed_at=None).exists(),
            BarrierReport.objects.exclude(removed_at=None).exists(),
            Closure.objects.exclude(reopened_at=None).exists(),
            Writing.objects.filter(state="back").exists(),
            Absence.objects.exclude(lifted_at=None).exists(),
        ],
        "obstacles joined": Barrier.objects.exclude(same_as=None).exists(),
        "wishes": Case.objects.filter(wants_language="skr").exists(),
        "filters": SavedFilter.objects.count(),
        "questions in the making": Questionnaire.objects.filter(published_at=None).count(),
        "plans read": states_of(PlanReview) >= {"drawn", "sound"},
        "called back": states_of(CallBack) >= {"drawn", "denied"},
    }


def standing(at):
    """What waits for somebody at that moment."""
    today = timezone.localdate(at)
    asked = Transfer.objects.waiting()
    sent = Introduction.objects.waiting()
    uncalled = Case.objects.uncalled().filter(enterprise__district__code="multan", person__phone_owner="self")
    return {
        "asked of a colleague": asked.filter(to_advisor__isnull=False).exists(),
        "asked of an office": asked.filter(to_advisor=None).exists(),
        "flags": set(Flag.objects.standing().values_list("kind", flat=True)) >= {"data", "money"},
        "sent by name": set(sent.exclude(about="").values_list("to", flat=True)),
        "paused": Pause.objects.in_force(on=today).exists(),
        "tried in vain": Attempt.objects.filter(at__gte=at - 15 * A_DAY).exists(),
        "away today": Absence.objects.in_force(on=today).exists(),
        "away later": Absence.objects.filter(from_on__gt=today, lifted_at=None).exists(),
        "to be called in Multan": uncalled.filter(first_contact_due_on__gte=today).exists(),
    }


STANDS = {
    "asked of a colleague": True,
    "asked of an office": True,
    "flags": True,
    "sent by name": {"course", "papers"},
    "paused": True,
    "tried in vain": True,
    "away today": True,
    "away later": True,
    "to be called in Multan": True,
}


def counted():
    return [
        model.objects.count() for model in (Case, Transfer, Flag, Introduction, Pause, Attempt, Absence, SavedFilter)
    ]


@pytest.mark.parametrize("first", STARTS, ids=["saturday", "monday-by-night"])
def test_everything_beside_cases_is_seen_on_every_day_of_a_week(first, settings, monkeypatch, tmp_path):
    load(first, monkeypatch, settings, tmp_path)
    assert history() == {
        "transfers": True,
        "flags": True,
        "referrals elsewhere": True,
        "paused and called again": True,
        "taken back": [True] * 5,
        "obstacles joined": True,
        "wishes": True,
        "filters": 4,
        "questions in the making": 1,
        "plans read": True,
        "called back": True,
    }
    for days in range(8):
        now = first + days * A_DAY
        start(now)
        assert (days, standing(now)) == (days, STANDS)
        there = counted()
        start(now)
        assert counted() == there
        with time_machine.travel(now, tick=False):
            assert {name: number for name, number in sweep(JobRun()).items() if number} == {}

import logging
import uuid
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from journal import jobs, tasks
from journal.jobs import DamagedFile, Job, LeaseLost, open_file, write_file
from journal.models import JobRun, RequestKey

NOW = datetime(2026, 12, 3, 4, tzinfo=UTC)
LATER = NOW + jobs.LEASE + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def december(_now):
    return "2026-11"


def write_report(run):
    return {"csv": write_file(run, "report.csv", b"a,b\n")}


def a_job(**changes):
    return Job(**{"name": "test.month", "period": december, "run": write_report} | changes)


def running(**changes):
    told = {"job": "test.month", "period": "2026-11", "state": "running", "attempts": 1, "due_at": NOW}
    return JobRun.objects.create(**told | {"lease_until": NOW + jobs.LEASE, "token": uuid.uuid4()} | changes)


def state_of(run):
    run.refresh_from_db()
    return (run.state, run.attempts, run.error, run.lease_until)


# The table of jobs


def test_two_jobs_of_one_name_are_refused_and_change_nothing(installed):
    installed([a_job(name="one")])

    with pytest.raises(ValueError, match=r"Two jobs are called test\.month"):
        installed([a_job(), a_job()])

    assert list(jobs._installed) == ["one"]


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a/b", "نام", "a\n"])
def test_a_job_is_called_what_fits_a_path(name):
    with pytest.raises(ValueError, match="A job cannot be called"):
        a_job(name=name)


@pytest.mark.parametrize(("hour", "period"), [(1, "2026-12-02"), (2, "2026-12-03"), (23, "2026-12-03")])
def test_a_nightly_job_belongs_to_the_day_from_its_hour_on(hour, period):
    there = timezone.make_aware(datetime(2026, 12, 3, hour))  # noqa: DTZ001 - made aware

    assert jobs.nightly(at_hour=2)(there.astimezone(UTC)) == period


# Rows


@pytest.mark.django_db
def test_a_period_that_is_due_gets_one_row(installed):
    installed([a_job(), a_job(name="test.never", period=lambda _now: None)])

    new = [jobs.ensure(NOW), jobs.ensure(NOW)]

    assert (new, list(JobRun.objects.values_list("job", "period", "due_at"))) == (
        [1, 0],
        [("test.month", "2026-11", NOW)],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("period", ["../2026", "2026/11", ""])
def test_a_period_that_does_not_fit_a_path_gets_none(installed, caplog, period):
    installed([a_job(period=lambda _now: period)])

    assert (jobs.ensure(NOW), [line.msg for line in caplog.records]) == (0, ["period unfit for a path"])


@pytest.mark.django_db
def test_a_job_that_cannot_tell_its_period_does_not_stop_the_others(installed, caplog):
    def broken(_now):
        raise ValueError("+923000001234")

    installed([a_job(name="test.broken", period=broken), a_job()])

    assert jobs.ensure(NOW) == 1
    assert [(line.job, line.error) for line in caplog.records if line.levelno == logging.ERROR] == [
        ("test.broken", "ValueError")
    ]


@pytest.mark.django_db
def test_a_lost_database_is_not_the_jobs_trouble(installed, monkeypatch):
    def broken(_):
        raise ValueError

    installed([a_job(run=broken)])
    jobs.ensure(NOW)
    installed([a_job(period=broken, run=broken)])
    monkeypatch.setattr(connection, "is_usable", lambda: False)

    for step in (jobs.ensure, jobs.run_due):
        with pytest.raises(ValueError, match=r"^$"):
            step(NOW)


@pytest.mark.django_db
def test_one_row_a_period_is_held_by_the_database():
    running()

    with pytest.raises(IntegrityError, match="journal_job_once_a_period"), transaction.atomic():
        running()

    assert str(JobRun.objects.get()) == "test.month 2026-11"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("journal_job_done_and_done_at_together", {"state": "done", "lease_until": None}),
        ("journal_job_running_and_lease_together", {"lease_until": None}),
        ("journal_job_running_and_lease_together", {"state": "waiting"}),
    ],
)
def test_what_belongs_together_is_held_by_the_database(name, changes):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        running(**changes)

    assert JobRun.objects.count() == 0


# Runs


@pytest.mark.django_db
def test_a_due_run_is_done_once(installed, media):
    installed([a_job()])
    jobs.ensure(NOW)

    done = [jobs.run_due(NOW), jobs.run_due(NOW)]

    run = JobRun.objects.get()
    digest = sha256(b"a,b\n").hexdigest()
    path = "jobs/test.month/2026-11/report.csv"
    assert (done, state_of(run)) == ([1, 0], ("done", 1, "", None))
    assert run.outcome == {"csv": {"path": path, "sha256": digest, "bytes": 4}}
    assert [str(file.relative_to(media)) for file in media.rglob("*") if file.is_file()] == [path]


@pytest.mark.django_db
def test_a_run_fails_and_is_tried_again_and_its_words_stay_out_of_the_log(installed, caplog):
    answers = iter([ValueError("+923000001234"), {"rows": 3}])

    def sometimes(_run):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    installed([a_job(run=sometimes)])
    jobs.ensure(NOW)

    done = [jobs.run_due(NOW), jobs.run_due(NOW), jobs.run_due(NOW + timedelta(minutes=1))]

    run = JobRun.objects.get()
    assert (done, state_of(run), run.outcome) == ([0, 0, 1], ("done", 2, "", None), {"rows": 3})
    assert "+923000001234" not in caplog.text


@pytest.mark.django_db
def test_a_run_that_fails_too_often_is_given_up(installed):
    def broken(_run):
        raise ValueError("+923000001234")

    installed([a_job(run=broken)])
    jobs.ensure(NOW)

    for hours in range(10):
        jobs.run_due(NOW + timedelta(hours=5 * hours))

    state, attempts, error, _ = state_of(JobRun.objects.get())
    assert (state, attempts, error.split()[0], "+923000001234" in error) == ("dead", 5, "ValueError", False)


@pytest.mark.django_db
def test_one_bad_run_does_not_stop_the_rest(installed):
    def broken(_run):
        raise ValueError

    installed([a_job(name="test.broken", run=broken), a_job()])
    jobs.ensure(NOW)

    assert jobs.run_due(NOW) == 1


@pytest.mark.django_db
def test_a_run_whose_worker_died_is_taken_up_when_its_lease_is_over(installed):
    installed([a_job()])
    run = running()

    done = [jobs.run_due(NOW + jobs.LEASE), jobs.run_due(LATER)]

    assert (done, state_of(run)) == ([0, 1], ("done", 2, "", None))


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "told"), [("", "worker_lost"), ("ValueError", "ValueError")])
def test_a_run_that_keeps_killing_its_worker_is_given_up(installed, error, told):
    installed([a_job()])
    run = running(attempts=5, error=error)

    done = jobs.run_due(LATER)

    assert (done, state_of(run)) == (0, ("dead", 5, told, None))


@pytest.mark.django_db
def test_a_run_of_a_job_that_this_release_does_not_know_waits(installed):
    installed([])
    run = running()

    done = jobs.run_due(LATER)

    assert (done, state_of(run)) == (0, ("running", 1, "", NOW + jobs.LEASE))


def overtake(installed):
    """While a slow worker is at it, its lease runs out and another does the run; the slow one must not count."""
    written = iter([b"slow", b"quick"])

    def write(run):
        content = next(written)
        if content == b"slow":
            jobs.run_due(LATER)
        return {"csv": write_file(run, "report.csv", content)}

    installed([a_job(run=write)])
    jobs.ensure(NOW)

    jobs.run_due(NOW)

    run = JobRun.objects.get()
    with open_file(run.outcome["csv"]) as file:
        assert (run.state, file.read()) == ("done", b"quick")


@pytest.mark.django_db
def test_a_slow_worker_does_not_write_over_its_successor(installed, media):
    overtake(installed)

    assert [file.name for file in media.rglob("*") if file.is_file()] == ["report.csv"]


@pytest.mark.django_db
def test_without_the_token_it_does(installed, monkeypatch):
    monkeypatch.setattr(jobs, "held", lambda run: JobRun.objects.filter(pk=run.pk))

    with pytest.raises(AssertionError, match="slow"):
        overtake(installed)


@pytest.mark.django_db
def test_a_slow_worker_without_a_file_does_not_finish_either(installed):
    outcomes = iter([{"by": "slow"}, {"by": "quick"}])

    def work(_run):
        outcome = next(outcomes)
        if outcome["by"] == "slow":
            jobs.run_due(LATER)
        return outcome

    installed([a_job(run=work)])
    jobs.ensure(NOW)

    done = jobs.run_due(NOW)

    assert (done, JobRun.objects.get().outcome) == (0, {"by": "quick"})


# Files


@pytest.mark.django_db
def test_a_file_is_written_for_who_holds_the_run_alone(media):
    run = running()
    stranger = JobRun(pk=run.pk, job=run.job, period=run.period, token=uuid.uuid4())

    with pytest.raises(LeaseLost):
        write_file(stranger, "report.csv", b"")

    assert [file for file in media.rglob("*") if file.is_file()] == []


@pytest.mark.django_db
def test_what_killed_workers_left_aside_is_cleared_away(media):
    run = running()
    folder = media / "jobs" / "test.month" / "2026-11"
    folder.mkdir(parents=True)
    (folder / f".report.csv.{uuid.uuid4()}.part").write_bytes(b"ha")

    write_file(run, "report.csv", b"whole")

    assert [file.name for file in folder.iterdir()] == ["report.csv"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a/b"])
def test_a_file_is_called_what_fits_a_path(name):
    with pytest.raises(ValueError, match="A file cannot be called"):
        write_file(running(), name, b"")


@pytest.mark.django_db
def test_a_written_file_is_read_from_its_beginning():
    written = write_file(running(), "report.csv", b"whole")

    with open_file(written) as file:
        assert file.read() == b"whole"


@pytest.mark.django_db
def test_a_file_that_is_not_what_was_written_is_not_handed_out(media):
    written = write_file(running(), "report.csv", b"whole")

    for spoil in (lambda path: path.write_bytes(b"other"), Path.unlink):
        spoil(media / written["path"])
        with pytest.raises(DamagedFile):
            open_file(written)


# The journal's own


@pytest.mark.django_db
def test_request_keys_are_forgotten_after_thirty_days(monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    for days in (31, 31, 31, 29):
        key = RequestKey.objects.create(owner="user:1", view="test:act", key=uuid.uuid4(), digest="")
        RequestKey.objects.filter(pk=key.pk).update(created_at=NOW - timedelta(days=days))

    outcome = jobs.forget_request_keys(running())

    assert (outcome, RequestKey.objects.count()) == ({"erased": 3}, 1)


@pytest.mark.django_db
def test_the_task_that_beat_rings_runs_what_is_due(installed):
    installed([a_job()])

    tasks.run_jobs()

    assert (tasks.run_jobs.name, JobRun.objects.get().state) == ("journal.run_jobs", "done")

"""Periodic jobs: each period of a job is one row, claimed once, whatever rings and however often.

Beat's ticks only ring. Two beats, two workers or a restart in the middle make one row and one whole file.
"""

import hashlib
import logging
import os
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from journal.models import JobRun, RequestKey
from journal.querysets import JobRunQuerySet
from kit.faults import describe

# Longer than Celery's time limit of ten minutes: a lease that ran out means that the worker is dead.
LEASE = timedelta(minutes=12)
ATTEMPTS = 5
FIRST_PAUSE = timedelta(minutes=1)
AT_ONCE = 50
# What may stand in a file's path.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
KEYS_LIVE = timedelta(days=30)
BATCH = 5000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """`period` names the period that is due by now, or None; `run` does its work and returns what it left behind.

    `run` may be started again after it was killed anywhere, so it writes files through `write_file` alone, and rows
    only so that writing them twice changes nothing.
    """

    name: str
    period: Callable[[datetime], str | None]
    run: Callable[[JobRun], Mapping[str, Any]]

    def __post_init__(self) -> None:
        if not PLAIN.fullmatch(self.name):
            raise ValueError(f"A job cannot be called {self.name!r}.")


class LeaseLost(RuntimeError):
    """Another worker has this run now; what this one did must not count."""


class DamagedFile(OSError):
    """The file is not what the job wrote."""


_installed: dict[str, Job] = {}


def install(jobs: Iterable[Job]) -> None:
    """Take over the list of `portal/jobs.py`."""
    chosen: dict[str, Job] = {}
    for job in jobs:
        if job.name in chosen:
            raise ValueError(f"Two jobs are called {job.name}.")
        chosen[job.name] = job
    _installed.clear()
    _installed.update(chosen)


def nightly(*, at_hour: int) -> Callable[[datetime], str]:
    """A job's `period`: the day, from that hour on; before it, the day before."""

    def period(now: datetime) -> str:
        return (timezone.localtime(now) - timedelta(hours=at_hour)).date().isoformat()

    return period


def ensure(now: datetime) -> int:
    """Insert a row for each period that is due and has none; the unique key decides. Returns how many are new."""
    due = {(job.name, period) for job in _installed.values() if (period := period_of(job, now)) is not None}
    rows = JobRun.objects.filter(job__in=_installed, period__in={period for _name, period in due})
    fresh = due.difference(rows.values_list("job", "period"))
    JobRun.objects.bulk_create(
        [JobRun(job=name, period=period, due_at=now) for name, period in sorted(fresh)], ignore_conflicts=True
    )
    return len(fresh)


def period_of(job: Job, now: datetime) -> str | None:
    """The period that is due. A job that cannot tell is logged and never stops the others."""
    try:
        period = job.period(now)
    except Exception as error:
        if not connection.is_usable():
            raise
        logger.error("period unknown", extra={"job": job.name, **describe(error)})  # noqa: TRY400 - codes only
        return None
    if period is not None and not PLAIN.fullmatch(period):
        logger.error("period unfit for a path", extra={"job": job.name})
        return None
    return period


def run_due(now: datetime) -> int:
    """Run what is due, one after the other; return how many were done. Any number of workers may do this at once."""
    done = 0
    while run := claim(now):
        done += perform(run, now=now)
    return done


@transaction.atomic(durable=True)
def claim(now: datetime) -> JobRun | None:
    """Lease one due run, or one whose worker died; committed before it starts. None when there is none."""
    rows = JobRun.objects.claimable(now=now).filter(job__in=_installed).select_for_update(skip_locked=True)
    for run in rows.order_by("due_at", "id")[:AT_ONCE]:
        if run.attempts < ATTEMPTS:
            run.token = uuid.uuid4()
            run.attempts += 1
            change(run, JobRun.State.RUNNING, token=run.token, attempts=run.attempts, lease_until=now + LEASE)
            return run
        change(run, JobRun.State.DEAD, error=run.error or "worker_lost")
    return None


def perform(run: JobRun, *, now: datetime) -> bool:
    """Run one claimed job; return whether it was done, and by us."""
    about = {"job": run.job, "period": run.period, "attempts": run.attempts}
    try:
        outcome = dict(_installed[run.job].run(run))
    except Exception as error:
        if not connection.is_usable():
            raise
        fault = describe(error)
        logger.error("job failed", extra=about | fault)  # noqa: TRY400 - codes only
        put_off(run, fault=" ".join(fault.values()), now=now)
        return False
    is_ours = change(held(run), JobRun.State.DONE, done_at=timezone.now(), outcome=outcome, error="")
    logger.info("job done" if is_ours else "lease lost", extra=about)
    return is_ours


def put_off(run: JobRun, *, fault: str, now: datetime) -> None:
    """Try again in a minute, then four, ...; give up after the last attempt."""
    if run.attempts >= ATTEMPTS:
        change(held(run), JobRun.State.DEAD, error=fault)
    else:
        change(held(run), JobRun.State.WAITING, error=fault, due_at=now + FIRST_PAUSE * 4 ** (run.attempts - 1))


def held(run: JobRun) -> JobRunQuerySet:
    """The run, if this worker still holds it: the token tells this claim from any later one."""
    return JobRun.objects.filter(pk=run.pk, state=JobRun.State.RUNNING, token=run.token)


def change(rows: JobRunQuerySet | JobRun, state: str, **fields: Any) -> bool:
    """Runs change by nobody's hand and leave no event, so not by `journal.moves`; only a running one has a lease."""
    if isinstance(rows, JobRun):
        rows = JobRun.objects.filter(pk=rows.pk)
    return bool(rows.update(state=state, **{"lease_until": None} | fields))


# Files that a run leaves behind


def write_file(run: JobRun, name: str, content: bytes) -> dict[str, Any]:
    """Write a file of this run and return its path below MEDIA_ROOT, its digest and its length.

    It is written aside, made to last, and given its name only while the run is still ours: whoever looks sees a whole
    file or none. Raises `LeaseLost`.
    """
    if not PLAIN.fullmatch(name):
        raise ValueError(f"A file cannot be called {name!r}.")
    path = Path("jobs", run.job, run.period, name)
    final = Path(settings.MEDIA_ROOT) / path
    final.parent.mkdir(parents=True, exist_ok=True)
    aside = final.with_name(f".{name}.{run.token}.part")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with transaction.atomic():
        if not list(held(run).select_for_update()):
            aside.unlink(missing_ok=True)
            raise LeaseLost(run.pk)
        aside.replace(final)
        sync(final.parent)
        for leftover in final.parent.glob(f".{name}.*.part"):  # of workers that were killed
            leftover.unlink(missing_ok=True)
    return {"path": str(path), "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def open_file(written: Mapping[str, Any]) -> BinaryIO:
    """Open what `write_file` wrote, for reading. Raises `DamagedFile` if it is not what was written, or is gone."""
    try:
        file = (Path(settings.MEDIA_ROOT) / written["path"]).open("rb")
    except FileNotFoundError as error:
        raise DamagedFile(written["path"]) from error
    if hashlib.file_digest(file, "sha256").hexdigest() != written["sha256"]:
        file.close()
        raise DamagedFile(written["path"])
    file.seek(0)
    return file


def sync(folder: Path) -> None:
    """Make a new name in the folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# The journal's own job


def forget_request_keys(run: JobRun) -> dict[str, int]:
    """Erase the keys of forms that were sent more than 30 days before."""
    old = RequestKey.objects.filter(created_at__lt=run.due_at - KEYS_LIVE).order_by("created_at")
    erased = 0
    while keys := list(old.values_list("pk", flat=True)[:BATCH]):
        erased += RequestKey.objects.filter(pk__in=keys).delete()[0]
    return {"erased": erased}

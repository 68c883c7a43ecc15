"""The advisor's and the manager's pages with 5,000 cases and with 50,000, and the nightly jobs: what it costs to grow.

Each size is a database of its own, a copy of the sample that `synthesize` filled. A page is timed against its floor of
the same run and the same database; *growth* is the page's work with many cases to its work with few.
"""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from urllib.parse import urlencode

from django.db import connection
from django.utils import timezone

from benchmarks import server_time
from benchmarks.cases import STAFF, Case, case, colleague, signed_in
from benchmarks.tables import mark, table
from launch.say import say
from tests.databases import manage, sample_database

FEW, MANY, QUICK = 5_000, 50_000, 1_000
GROWTH = 1.5  # the most that a page may cost more with ten times as many cases
MEGABYTE = 1024


def measure(*, is_quick: bool = False) -> dict[str, object]:
    sizes = (QUICK,) if is_quick else (FEW, MANY)
    pages: dict[int, list[dict]] = {}
    nights: dict[int, list[dict]] = {}
    for size in sizes:
        with filled(cases=size):
            say(f"\nWith {size:,} cases")
            pages[size] = server_time.measure(cases(), is_quick=is_quick)
            nights[size] = [apart(name) for name in JOBS]
    growth = growth_of(pages)
    show(growth, nights)
    return {"pages": pages, "growth": growth, "nights": nights}


@contextmanager
def filled(*, cases: int = 0, loans: int = 0) -> Iterator[None]:
    """This process's connection leads to a database with so many cases, or loans, which is gone afterwards."""
    option, size = ("cases", cases) if cases else ("loans", loans)
    usual, name = connection.settings_dict["NAME"], f"bench_{option}_{size}"
    with sample_database(name) as url:
        begun = time.perf_counter()
        manage(["synthesize", f"--{option}", str(size)], DATABASE_URL=url)
        say(f"{size:,} {option} were made in {time.perf_counter() - begun:.0f} seconds.")
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual


def cases() -> list[Case]:
    """The desk, its search by each thing that is asked for, and the case with more than 500 events."""
    from portal.national.making import busy_case

    advisor = signed_in(colleague("advisor1.multan"))
    manager = signed_in(colleague("manager.punjab"))
    busy = busy_case()
    client = busy.person
    searched = {
        "CNIC": client.cnic,
        "phone": client.phone,
        "name, father, Urdu": "نسرین کوثر محمد اسلم",
        "name, father, Latin": "Nasreen Kausar Muhammad Aslam",
    }
    return [
        timed("/desk/", "portal:desk", advisor),
        timed("/desk/?team=1", "portal:desk", manager, team=1),
        timed("/desk/team/", "portal:team", manager),
        timed("/desk/cases/", "casework:case-list", advisor),
        *(timed(f"search: {what}", "casework:case-list", advisor, q=text) for what, text in searched.items()),
        *(
            timed(f"search, manager: {what}", "casework:case-list", manager, q=searched[what])
            for what in ("phone", "name, father, Urdu")
        ),
        timed("a case, 520 events", "casework:case-detail", advisor, busy.pk),
    ]


def timed(label: str, view_name: str, cookies: dict[str, str], *args: object, **asked: object) -> Case:
    page = case(label, view_name, STAFF, args=args, cookies=cookies, is_timed=True)
    return replace(page, path=f"{page.path}?{urlencode(asked)}") if asked else page


def growth_of(pages: dict[int, list[dict]]) -> list[dict[str, object]]:
    """Each page's work with many cases to its work with few; empty where only one size was measured."""
    few, *more = pages.values()
    return [
        {"page": one["page"], "growth": round(other["page_ms"] / one["page_ms"], 2), "few": one, "many": other}
        for many in more
        for one, other in zip(few, many, strict=True)
    ]


# What runs by night


def sweep() -> int:
    from journal.models import JobRun
    from portal.sweeps import sweep

    return sum(sweep(JobRun()).values())


def plan() -> int:
    from messaging import outbox

    return outbox.plan(timezone.now())


def follow_up() -> int:
    from journal.models import JobRun
    from portal.jobs import follow_up

    return sum(follow_up(JobRun()).values())


def hand_over() -> int:
    from journal.models import JobRun
    from portal.jobs import hand_over_left

    return sum(hand_over_left(JobRun()).values())


def consents() -> int:
    from journal.models import JobRun
    from portal.jobs import lapse_consents

    return sum(lapse_consents(JobRun()).values())


JOBS: dict[str, Callable[[], int]] = {
    "sweep": sweep,
    "reminders, the first time": plan,
    "reminders, when nothing is new": plan,
    "results to ask for": follow_up,
    "cases of who left": hand_over,
    "permissions that ran out": consents,
}


def apart(name: str) -> dict[str, object]:
    """In a process of its own, so that its memory is the job's alone."""
    connection.close()
    with get_context("fork").Pool(1) as pool:
        return pool.apply(watched, (name,))


def watched(name: str) -> dict[str, object]:
    before, begun = peak(), time.perf_counter()
    found = JOBS[name]()
    took = time.perf_counter() - begun
    connection.close()
    return {"job": name, "found": found, "seconds": round(took, 2), "megabytes": round(peak() - before, 1)}


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def show(growth: list[dict], nights: dict[int, list[dict]]) -> None:
    if growth:
        say("\nWhat ten times as many cases cost: a page's work with many to that with few")
        rows = [
            [row["page"], row["few"]["page_ms"], row["many"]["page_ms"], row["growth"], mark(row["growth"], GROWTH)]
            for row in growth
        ]
        say(table(["page", f"ms at {FEW:,}", f"ms at {MANY:,}", "growth", ""], rows))
    say("\nBy night: how many were found, seconds, and megabytes on top of the process's own")
    for size, jobs in nights.items():
        rows = [[job["job"], job["found"], job["seconds"], job["megabytes"]] for job in jobs]
        say(table([f"{size:,} cases", "found", "seconds", "MB"], rows))

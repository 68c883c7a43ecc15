"""Server time of pages, as the ratio to an empty view that sends the same bytes through the same middleware.

Page and floor are asked for in turns, so that whatever else the machine does weighs on both alike. A round is some
turns; rounds go on until their ratios agree.
"""

import gc
import gzip
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median, quantiles

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.crypto import get_random_string

from benchmarks import profiles, urls
from benchmarks.clocks import cost_of, schedule_of
from benchmarks.tables import mark, table
from launch.say import Trouble, say

WARM_UP = 8
TURNS = 12
ROUNDS = range(5, 26)
AGREED = 0.10
OK = "200 OK"
GZIPPED = b"\x1f\x8b"


@dataclass(frozen=True)
class Timing:
    """Medians in milliseconds, and what they come to. `ratio` is that of all work, in Django and in the database."""

    page: str
    n: int
    floor_ms: float
    page_ms: float
    database_ms: float
    ratio: float
    portal_ratio: float
    wall_ratio: float
    spread: float
    aim: float
    queries: int


def measure(cases, *, is_quick=False, is_profiled=False):
    handler = get_wsgi_application()
    timings = []
    for case in cases:
        if case.is_timed:
            asked = Asked(handler, case)
            timings.append(time_case(asked, case, is_quick=is_quick))
            if is_profiled:
                profiles.show(asked.page, case)
    show(timings)
    return [asdict(timing) for timing in timings]


class Asked:
    """A page and its floor, asked for as gunicorn would ask Django for a browser."""

    def __init__(self, handler, case):
        self.handler = handler
        # Whoever looks at more than one page brings the token of the first.
        self.cookies = case.cookies | {settings.CSRF_COOKIE_NAME: get_random_string(CSRF_SECRET_LENGTH)}
        self.page = partial(self.answer, self.request(case.path))
        self.floor = partial(self.answer, self.request(urls.floor_of(case.view_name)))

    def request(self, path):
        factory = RequestFactory()
        factory.cookies.load(self.cookies)
        return factory.get(path, headers={"host": "localhost", "accept-encoding": "gzip"}).environ

    def answer(self, environ):
        said = []
        response = self.handler(dict(environ), lambda status, headers: said.append(status))
        try:
            body = b"".join(response)
        finally:
            response.close()
        if said != [OK]:
            raise Trouble(f"{environ['PATH_INFO']} answers {' '.join(said)}, so its time says nothing.")
        return body


def time_case(asked, case, *, is_quick):
    body = unpacked(asked.page())
    with urls.stand_in({case.view_name: body}):
        if unpacked(asked.floor()) != body:
            raise Trouble(f"The floor of {case.label} sends other bytes than the page.")
        for _ in range(WARM_UP):
            asked.page()
            asked.floor()
        queries = count_queries(asked.page)
        gc.collect()
        rounds = measure_rounds(asked, ROUNDS if not is_quick else range(2, 2), TURNS if not is_quick else 2)
    return summarise(case, rounds, queries=queries)


def unpacked(body):
    return gzip.decompress(body) if body.startswith(GZIPPED) else body


def count_queries(ask):
    with CaptureQueriesContext(connection) as queries:
        ask()
        return len(queries)


def measure_rounds(asked, numbers, turns):
    """Rounds of (page, floor) turns, until there are enough of them and they agree, or there are too many."""
    rounds = []
    while len(rounds) < numbers.start or (len(rounds) < numbers.stop and spread(rounds) > AGREED):
        rounds.append([(cost_of(asked.page), cost_of(asked.floor)) for _ in range(turns)])
    return rounds


def spread(rounds):
    """How far apart the middle half of the rounds' ratios lies, as a share of their median."""
    ratios = [ratio(turns, "work") for turns in rounds]
    low, _middle, high = quantiles(ratios, n=4, method="inclusive")
    return (high - low) / median(ratios)


def ratio(turns, clock):
    return median(getattr(page, clock) for page, _floor in turns) / median(
        getattr(floor, clock) for _page, floor in turns
    )


def summarise(case, rounds, *, queries):
    turns = [turn for one in rounds for turn in one]
    return Timing(
        page=case.label,
        n=len(turns),
        floor_ms=milliseconds(floor.work for _page, floor in turns),
        page_ms=milliseconds(page.work for page, _floor in turns),
        database_ms=milliseconds(page.database for page, _floor in turns),
        ratio=round(ratio(turns, "work"), 2),
        portal_ratio=round(ratio(turns, "portal"), 2),
        wall_ratio=round(ratio(turns, "wall"), 2),
        spread=round(spread(rounds), 3),
        aim=case.aims.ratio,
        queries=queries,
    )


def milliseconds(seconds):
    return round(1000 * median(seconds), 3)


def show(timings):
    say("\nServer time: the work that a page is for Django and PostgreSQL, as the ratio to its floor")
    heads = ("page", "n", "floor ms", "page ms", "of it database", "ratio", "aim", "", "Django alone", "wall", "spread")
    rows = [
        (
            timing.page,
            timing.n,
            f"{timing.floor_ms:.2f}",
            f"{timing.page_ms:.2f}",
            f"{timing.database_ms:.2f}",
            f"{timing.ratio:.1f}",
            f"{timing.aim:g}",
            mark(timing.ratio, timing.aim),
            f"{timing.portal_ratio:.1f}",
            f"{timing.wall_ratio:.1f}",
            f"{100 * timing.spread:.0f} %",
            timing.queries,
        )
        for timing in timings
    ]
    say(table((*heads, "queries"), rows))
    if schedule_of(connection) is None:
        say("The database runs elsewhere: its own work is not counted in these ratios.")

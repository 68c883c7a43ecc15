"""Where a page's time goes: its queries with their times, and the functions that cost most."""

import cProfile
import io
import pstats

from django.db import connection
from django.test.utils import CaptureQueriesContext

from launch.say import say

REPEATED = 20
SHOWN = 40
WIDTH = 300


def show(ask, case):
    say(f"\n{case.label}: queries")
    with CaptureQueriesContext(connection) as queries:
        ask()
    for number, query in enumerate(queries, start=1):
        say(f"{number:3} {1000 * float(query['time']):5.1f} ms  {query['sql'][:WIDTH]}")
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(REPEATED):
        ask()
    profiler.disable()
    for order in ("cumulative", "tottime"):
        said = io.StringIO()
        pstats.Stats(profiler, stream=said).strip_dirs().sort_stats(order).print_stats(SHOWN)
        say(f"{case.label}: {REPEATED} times, by {order}\n{said.getvalue()}")

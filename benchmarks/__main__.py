"""`python -m benchmarks`, beside the services: measures, prints tables, and keeps the figures as JSON."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack, nullcontext
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import django

from launch import folders, locks, static, suites
from launch.say import Trouble, complain, say

PARTS = ("pages", "bytes", "registration", "national", "loans", "twins", "pace", "flood", "starts")
RESULTS = Path(__file__).with_name("results")
# tests/browser/world.py asks pytest-django before it touches the database; here everything may.
OPEN = SimpleNamespace(unblock=nullcontext)


def main(words):
    chosen = read(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    try:
        measured = measure(chosen)
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    file = chosen.write or RESULTS / f"{measured['at'][:10]}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(measured, indent=1) + "\n")
    say(f"\nWritten to {file}.")
    return 0


def read(words):
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="measure this part; may be repeated")
    parser.add_argument("--case", action="append", metavar="PATH", help="only this page, such as /desk/")
    parser.add_argument("--quick", action="store_true", help="few repetitions: shows that it works, not how quick")
    parser.add_argument("--profile", action="store_true", help="print where each page's time goes, and its queries")
    parser.add_argument("--database", default="bench", help="the name of the copy of the sample data that is measured")
    parser.add_argument("--write", type=Path, metavar="FILE", help="where the figures go (benchmarks/results/)")
    return parser.parse_args(words)


def measure(chosen):
    """All figures of this run. Two runs at once would only measure each other."""
    measured = {"at": f"{datetime.now().astimezone():%Y-%m-%dT%H:%M:%S%z}", "machine": machine()}
    say(f"Measuring at {measured['at']} on {measured['machine']}.")
    parts = chosen.only or PARTS
    lock = locks.try_to_take(folders.home().data / f"{chosen.database}.lock")
    if lock is None:
        raise Trouble("Another benchmark runs in this checkout. Wait until it is done.")
    try:
        if {"pages", "bytes", "registration"} & set(parts):
            measured |= measure_pages(chosen, parts)
        if "national" in parts:
            from benchmarks import national

            static.collect(folders.home(), lambda command: suites.collects(command, dict(os.environ)))
            measured["national"] = national.measure(is_quick=chosen.quick)
        if "loans" in parts:
            from benchmarks import loans

            static.collect(folders.home(), lambda command: suites.collects(command, dict(os.environ)))
            measured["loans"] = loans.measure(is_quick=chosen.quick)
        if "twins" in parts:
            from benchmarks import twins

            measured["twins"] = twins.measure(is_quick=chosen.quick)
        if "pace" in parts:
            from benchmarks import pace

            measured["pace"] = pace.measure(is_quick=chosen.quick)
        if "flood" in parts:
            from benchmarks import flood

            measured["flood"] = flood.measure(is_quick=chosen.quick)
        if "starts" in parts:
            from benchmarks import starts

            measured["starts"] = starts.measure()
    finally:
        os.close(lock)
    return measured


def measure_pages(chosen, parts):
    """Both kinds of figures on one copy of the sample data."""
    from benchmarks import cases, registration, server_time, traffic
    from tests.browser import world as worlds

    static.collect(folders.home(), lambda command: suites.collects(command, dict(os.environ)))
    measured = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = stack.enter_context(worlds.made(chosen.database, folder, OPEN))
        with world.inside():
            wanted = cases.find(chosen.case)
        if "pages" in parts:
            with world.inside():
                measured["pages"] = server_time.measure(wanted, is_quick=chosen.quick, is_profiled=chosen.profile)
        if "bytes" in parts:
            measured["bytes"] = traffic.measure(wanted, world)
        if "registration" in parts:
            measured["registration"] = registration.measure(world)
    return measured


def machine():
    """What must be the same for two runs to be compared, and how busy it was."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=folders.ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return {
        "commit": commit,
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "django": django.get_version(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A pytest plugin: which branches of our apps the tests took.

By SlipCover, not coverage.py: its probes go once they were hit. On Python 3.11, where coverage.py follows every line
that Django runs too, the suite took twice its time. (From 3.12 on both use what the interpreter offers.)
`launch/suites.py` names this plugin, the folder and the apps in the environment; without them nothing is measured.
"""

import json
import os
from pathlib import Path

import pytest
import slipcover

INTO = os.environ.get("MEASURED_INTO")
APPS = os.environ.get("MEASURED_APPS", "").split()
NOT_OURS_TO_TEST = ["*/migrations/*"]
NEVER_ASKED = [r"def __str__"]  # what admin and a debugger call a row


def begin() -> slipcover.Slipcover:
    """From here on, modules of our apps are read with probes: before Django imports the first of them."""
    probes = slipcover.Slipcover(branch=True, source=APPS, omit=NOT_OURS_TO_TEST, exclude_also=NEVER_ASKED)
    slipcover.ImportManager(probes, slipcover.FileMatcher(APPS, NOT_OURS_TO_TEST)).__enter__()
    return probes


taken = begin() if INTO else None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """One file a process; `launch/coverage_floor.py` puts them together."""
    if taken and INTO:
        Path(INTO, f"{os.getpid()}.json").write_text(json.dumps(taken.get_coverage()))

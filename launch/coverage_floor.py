"""Branch coverage that may not fall: all of the rule layers, nearly all of the rest."""

import json
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from launch.say import say

APPS = (
    *("portal", "reports", "formalisation", "training", "loans", "casework"),
    *("enterprises", "accounts", "messaging", "journal", "places", "kit"),
)
FULL = (
    *("*/rules.py", "*/states.py", "*/models.py", "*/models/*.py", "*/querysets.py"),
    *("*/querysets/*.py", "*/schedule.py", "*/calendar.py", "*/actions/*.py"),
)
OVERALL = 95.0


def holds(report: Path) -> bool:
    """Say what is short, and whether nothing is."""
    files = json.loads(report.read_text())["files"]
    measured = {name: seen for name, seen in files.items() if name.split("/")[0] in APPS}
    short = [line for name, seen in sorted(measured.items()) for line in shortfall(name, seen)]
    overall = percent(measured.values())
    if overall < OVERALL:
        short.append(f"overall: {overall:.1f} % of {OVERALL:.0f} %")
    for line in short:
        say(f"coverage: {line}")
    return not short


def shortfall(name: str, seen: dict) -> list[str]:
    if not any(fnmatch(name, pattern) for pattern in FULL):
        return []
    lines = [str(line) for line in seen["missing_lines"]]
    branches = [f"{start}->{'exit' if end < 0 else end}" for start, end in seen.get("missing_branches", [])]
    return [f"{name} misses {', '.join([*lines, *branches])}"] if lines or branches else []


def percent(files: Iterable[dict]) -> float:
    """Lines and branches together, as coverage.py counts."""
    covered = wanted = 0
    for seen in files:
        summary = seen["summary"]
        covered += summary["covered_lines"] + summary.get("covered_branches", 0)
        wanted += summary["num_statements"] + summary.get("num_branches", 0)
    return 100 * covered / wanted if wanted else 100.0

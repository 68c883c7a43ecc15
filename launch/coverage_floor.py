"""Branch coverage that may not fall: all of the rule layers, nearly all of the rest."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
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


@dataclass
class Seen:
    """Of one file: line numbers, and branches as pairs of lines (to 0: out of the function)."""

    lines: set[int] = field(default_factory=set)
    taken_lines: set[int] = field(default_factory=set)
    branches: set[tuple[int, int]] = field(default_factory=set)
    taken_branches: set[tuple[int, int]] = field(default_factory=set)

    def add(self, report: dict) -> None:
        taken_branches = {tuple(branch) for branch in report["executed_branches"]}
        self.taken_lines |= set(report["executed_lines"])
        self.lines |= {*report["executed_lines"], *report["missing_lines"]}
        self.taken_branches |= taken_branches
        self.branches |= taken_branches | {tuple(branch) for branch in report["missing_branches"]}


def holds(folder: Path) -> bool:
    """Say what is short, and whether nothing is. Shape: what `launch/measured.py` wrote, a file a process."""
    short = missed(folder)
    overall = percent(measured(folder).values())
    if overall < OVERALL:
        short.append(f"overall: {overall:.1f} % of {OVERALL:.0f} %")
    for line in short:
        say(f"coverage: {line}")
    return not short


def missed(folder: Path) -> list[str]:
    """What no process took of the rule layers, a line for each file, which begins with its path."""
    return [line for name, seen in sorted(measured(folder).items()) for line in shortfall(name, seen)]


def measured(folder: Path) -> dict[str, Seen]:
    return {name: seen for name, seen in together(folder).items() if name.split("/")[0] in APPS}


def together(folder: Path) -> dict[str, Seen]:
    """What any process took is taken; what all missed is missed."""
    files: dict[str, Seen] = {}
    for report in sorted(folder.glob("*.json")):
        for name, seen in json.loads(report.read_text())["files"].items():
            files.setdefault(name, Seen()).add(seen)
    return files


def shortfall(name: str, seen: Seen) -> list[str]:
    if not any(fnmatch(name, pattern) for pattern in FULL):
        return []
    lines = [str(line) for line in sorted(seen.lines - seen.taken_lines)]
    untaken = sorted(seen.branches - seen.taken_branches)
    branches = [f"{start}->{'exit' if end <= 0 else end}" for start, end in untaken]
    return [f"{name} misses {', '.join([*lines, *branches])}"] if lines or branches else []


def percent(files: Iterable[Seen]) -> float:
    """Lines and branches together, each counted once. Where nothing was measured nothing was taken."""
    seen = list(files)
    wanted = sum(len(one.lines) + len(one.branches) for one in seen)
    taken = sum(len(one.taken_lines) + len(one.taken_branches) for one in seen)
    return 100 * taken / wanted if wanted else 0.0

"""`make test`: the phases one after another, with seconds and one closing line."""

import os
import secrets
import shlex
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from launch import browser, coverage_floor, processes, services, setup, static
from launch.folders import PYTHON, ROOT
from launch.say import Trouble, complain, say

PYTEST = [str(PYTHON), "-m", "pytest"]
NO_TESTS = 5  # pytest's exit code when nothing was collected
MOST_WORKERS = 4  # each has a database of its own
COUNTED = ("tests", "failures", "errors", "skipped")
EVERYWHERE = ["tests", "--ignore=tests/look"]


@dataclass(frozen=True)
class Phase:
    name: str
    marks: str
    options: list[str] = field(default_factory=list)
    may_be_empty: bool = True


@dataclass
class Tally:
    """What a phase, or all of them, came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def workers() -> str:
    return str(min(max(2, os.cpu_count() or 2), MOST_WORKERS))


def phases() -> list[Phase]:
    at_once = ["-n", workers()]
    return [
        Phase("units", "not storm and not concurrency and not browser", at_once, may_be_empty=False),
        Phase("concurrency and storm", "concurrency or storm", [*at_once, "--dist", "loadgroup"]),
        Phase("browser", "browser", [*at_once, "--maxschedchunk=1"]),
    ]


def main(arguments: list[str]) -> int:
    """Plain pytest when tests are named; else all phases, or the one that PHASE names."""
    arguments = arguments or shlex.split(os.environ.get("ARGS", ""))
    setup.ready()
    held = services.hold()
    slot, lock = services.take_test_slot(held.home)
    environment = services.environment(held.home, tests=slot)
    # Of parametrised sets, all workers of a run must see the same order.
    environment.setdefault("PYTHONHASHSEED", str(secrets.randbelow(2**32)))
    static.collect(held.home, lambda command: collects(command, environment))
    if any(names_tests(word) for word in arguments):
        os.set_inheritable(lock, True)
        found = browser.find()
        services.become(held, [*PYTEST, *arguments], environment | ({"CHROMIUM": found} if found else {}))
    folder = held.home.data / f"tests-{slot}"
    folder.mkdir(exist_ok=True)
    try:
        return run_phases(folder, environment, arguments)
    finally:
        held.release()
        os.close(lock)


def names_tests(word: str) -> bool:
    return word.startswith("tests") and (ROOT / word.partition("::")[0]).exists()


def collects(command: list[str], environment: dict[str, str]) -> bool:
    """Templates name static files by their hash, so they must be there. What fails here, the tests show better."""
    said = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if said.returncode:
        complain(f"The static files could not be collected: {said.stdout.strip().splitlines()[-1:]}")
    return not said.returncode


def run_phases(folder: Path, environment: dict[str, str], arguments: list[str]) -> int:
    """Stop at the end of the first phase that fails, and close with the sum."""
    signal.signal(signal.SIGINT, lambda *_: None)  # pytest hears Ctrl-C itself, and sums up before it goes
    total, lines, failed = Tally(), [], False
    for phase in chosen_phases():
        begun = time.monotonic()
        say(f"\n== {phase.name} (PYTHONHASHSEED={environment['PYTHONHASHSEED']}) ==")
        tally, failed, remark = run_phase(phase, folder, environment, arguments)
        total += tally
        lines.append(f"{phase.name:<24}{time.monotonic() - begun:6.0f} s   {tally}{remark}")
        if failed:
            lines[-1] += "   <- stopped here"
            break
    say("\n" + "\n".join(lines))
    say(str(total))
    return int(failed)


def chosen_phases() -> list[Phase]:
    wanted = os.environ.get("PHASE")
    chosen = [phase for phase in phases() if wanted in (None, "", phase.name)]
    if not chosen:
        raise Trouble(f"There is no phase {wanted!r}. There are: {', '.join(phase.name for phase in phases())}.")
    return chosen


def run_phase(phase: Phase, folder: Path, environment: dict[str, str], arguments: list[str]) -> tuple[Tally, bool, str]:
    """Its tally, whether it failed, and what else there is to say."""
    if phase.name == "browser":
        found = browser.find_or_install()
        if not found:
            return Tally(), browser.is_required(), f"   left out, no browser: {browser.HOW}"
        environment = environment | {"CHROMIUM": found}
    results = folder / "results.xml"
    results.unlink(missing_ok=True)
    is_measured = phase.name == "units" and not arguments
    if is_measured:
        environment = environment | measuring(folder / "taken")
    words = [*EVERYWHERE, "-m", phase.marks, *phase.options, f"--junitxml={results}", *arguments]
    code = run_pytest(words, environment)
    tally = read_tally(results)
    if code == NO_TESTS:
        return tally, not phase.may_be_empty and not arguments, "   no test was found"
    failed = bool(code or tally.failed)
    if is_measured and not failed and not is_covered(phase, folder, environment):
        return tally, True, "   coverage is below its floor"
    return tally, failed, ""


def run_pytest(words: list[str], environment: dict[str, str]) -> int:
    return processes.spawn([*PYTEST, *words], dies_by=signal.SIGKILL, cwd=ROOT, env=environment).wait()


def is_covered(phase: Phase, folder: Path, environment: dict[str, str]) -> bool:
    """Whether coverage holds; what is short is asked for once more, by the tests of its module, then by its app's.

    A probe goes while other threads run, and now and then what one of them took is lost: of ten thousand lines one, and
    another each time, also where a test of its own takes it. What no test takes is short again.
    """
    taken = folder / "taken"
    for tests_of in (tests_of_module, tests_of_app):
        missed = coverage_floor.missed(taken)
        again = sorted({path for line in missed for path in tests_of(Path(line.partition(" ")[0]))})
        if again:
            say(f"coverage: once more with {', '.join(again)}, because: {'; '.join(missed)}")
            if run_pytest([*again, "-m", phase.marks, *phase.options, "--quiet"], environment):
                return False
    return coverage_floor.holds(taken)


def tests_of_module(path: Path) -> list[str]:
    found = (ROOT / "tests" / path.parts[0]).glob(f"test_{path.stem}*.py")
    return [str(file.relative_to(ROOT)) for file in found]


def tests_of_app(path: Path) -> list[str]:
    folder = Path("tests", path.parts[0])
    return [str(folder)] if (ROOT / folder).is_dir() else []


def measuring(folder: Path) -> dict[str, str]:
    """What tells `launch/measured.py` where to write, in a folder that holds nothing of another run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    apps = [app for app in coverage_floor.APPS if (ROOT / app).exists()]
    return {"PYTEST_PLUGINS": "launch.measured", "MEASURED_INTO": str(folder), "MEASURED_APPS": " ".join(apps)}


def read_tally(results: Path) -> Tally:
    """From the XML that pytest wrote; a pytest that died has written none, and counts as one failure."""
    if not results.exists():
        return Tally(failed=1)
    tally = Tally()
    for suite in ET.parse(results).getroot().iter("testsuite"):  # noqa: S314 - we wrote it
        tests, failures, errors, skipped = (int(suite.get(name, "0")) for name in COUNTED)
        tally += Tally(tests - failures - errors - skipped, failures + errors, skipped)
    return tally

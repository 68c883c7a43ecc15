"""`make check`: formatters, linters, types, floors, migrations, deployment, budget. One line each."""

import os
import re
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from launch import budget, services, setup, strings
from launch.coverage_floor import APPS
from launch.folders import PYTHON, ROOT
from launch.say import say

# The layers where rules live carry type hints (docs/developing.md); so does what starts the portal.
TYPED = (
    "states.py",
    "rules.py",
    "models.py",
    "querysets.py",
    "tasks.py",
    "schedule.py",
    "calendar.py",
)
TYPED_FOLDERS = ("actions", "models", "querysets", "indicators")
LEFT_FOR_LATER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b")
TEXTS = ("*.py", "*.html", "*.css", "*.js", "*.md", "*.toml", "*.yml", "Makefile")

SENTENCES = "every sentence is in the catalogue"

Check = Callable[[], str | None]  # what is wrong, or nothing


def main(_arguments: list[str]) -> int:
    setup.ready()
    held = services.hold()
    try:
        # Migrations and deployment are judged beside an empty database: no sample account can interfere.
        environment = services.environment(held.home)
        environment["DATABASE_URL"] = environment["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres"
        failures = [
            name for name, check in checks(environment).items() if not (is_left_out(name) or passes(name, check))
        ]
    finally:
        held.release()
    say(
        f"{len(failures)} of the checks failed: {', '.join(failures)}. `make fix` mends format."
        if failures
        else "All checks passed."
    )
    return int(bool(failures))


def is_left_out(name: str) -> bool:
    """A bare machine has no gettext; where everything is to be checked, its absence is a failure."""
    if name != SENTENCES or strings.can_extract() or os.environ.get("CI") == "true":
        return False
    say(f"left out {name}: gettext is not installed")
    return True


def passes(name: str, check: Check) -> bool:
    begun = time.monotonic()
    wrong = check()
    say(f"{'FAILED' if wrong else 'ok':<7} {name:<34} {time.monotonic() - begun:5.1f} s")
    if wrong:
        say("  " + wrong.strip().replace("\n", "\n  "))
    return not wrong


def checks(environment: dict[str, str]) -> dict[str, Check]:
    manage = ["manage.py"]
    return {
        "format (ruff)": tool("ruff", "format", "--check", "."),
        "lint (ruff)": tool("ruff", "check", "."),
        "templates: indentation (djhtml)": tool("djhtml", "--check", *budget.files(ROOT, "templates/*.html")),
        # A program of its own, not a module of Python's.
        "templates: tags (djade)": program(
            PYTHON.with_name("djade"), "--check", "--target-version", "5.2", *budget.files(ROOT, "templates/*.html")
        ),
        "floors (import-linter)": script(
            "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"
        ),
        "types (mypy)": tool("mypy", "--config-file", "pyproject.toml", *typed_files(), environment=environment),
        "migrations are complete": script(*manage, "makemigrations", "--check", "--dry-run", environment=environment),
        "ready to deploy": script(
            *manage, "check", "--deploy", "--fail-level", "WARNING", environment=production(environment)
        ),
        "size budget": lambda: "\n".join(budget.breaches(ROOT)) or None,
        "nothing left for later": left_for_later,
        SENTENCES: lambda: strings.missing(environment),
    }


def tool(module: str, *words: str, environment: dict[str, str] | None = None) -> Check:
    return script("-m", module, *words, environment=environment)


def script(*words: str, environment: dict[str, str] | None = None) -> Check:
    return program(PYTHON, *words, environment=environment)


def program(path: Path, *words: str, environment: dict[str, str] | None = None) -> Check:
    def check() -> str | None:
        said = subprocess.run(
            [path, *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return (said.stdout or f"exit {said.returncode}") if said.returncode else None

    return check


def production(environment: dict[str, str]) -> dict[str, str]:
    """As docs/deploying.md asks for, with a passing secret."""
    changed = {"SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": "portal.example", "BEHIND_PROXY": "1"}
    changed |= {
        "SAMPLE_DATA": "0",
        "MESSAGE_GATEWAY_URL": "https://gateway.example/",
        "MESSAGE_GATEWAY_TOKEN": "passing",
    }
    without = ("INSECURE_HTTP", "DEBUG")
    return {name: value for name, value in environment.items() if name not in without} | changed


def typed_files() -> list[str]:
    """Layers 0 to 3 of each app, whether a file or a package by then, and this package."""
    sources = [name for name in budget.files(ROOT, "*.py") if name.split("/")[0] in (*APPS, "launch")]
    return [name for name in sources if is_typed(Path(name))]


def is_typed(path: Path) -> bool:
    return path.parts[0] == "launch" or path.name in TYPED or path.parts[1] in TYPED_FOLDERS


def left_for_later() -> str | None:
    """What is not done stands in an issue, not in the code."""
    found = []
    for pattern in TEXTS:
        for name in budget.files(ROOT, pattern):
            for number, line in enumerate((ROOT / name).read_text().splitlines(), start=1):
                if LEFT_FOR_LATER.search(line) and name != "pyproject.toml":
                    found.append(f"{name}:{number}: {line.strip()[:100]}")
    return "\n".join(found) or None


def fix(_arguments: list[str]) -> int:
    """Format everything, and mend what the linters can mend."""
    setup.ready()
    templates = budget.files(ROOT, "templates/*.html")
    commands = [["ruff", "check", "--fix", "--quiet", "."], ["ruff", "format", "."]]
    if templates:
        commands += [["djade", "--target-version", "5.2", *templates], ["djhtml", *templates]]
    programs = [[str(PYTHON.with_name(name)), *words] for name, *words in commands]
    codes = [subprocess.run(words, cwd=ROOT, check=False).returncode for words in programs]
    return codes[0]

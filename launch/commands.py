"""The commands behind `make`."""

import os
import re
import shlex
import shutil
from pathlib import Path

from launch import folders, locks, services, setup
from launch.say import Trouble, complain, say

# Seconds that `clean` waits for users of the services, and for the services themselves, to end.
USERS_END, KEEPERS_END = 3, 60


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["help"]
    command = COMMANDS.get(name)
    if not command:
        complain(f"There is no command {name!r}. There are: {', '.join(COMMANDS)}.")
        return 2
    try:
        return command(rest) or 0
    except Trouble as trouble:
        complain(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130


def show_help(_arguments: list[str]) -> None:
    """List what the Makefile offers, in its own words."""
    lines = (folders.ROOT / "Makefile").read_text().splitlines()
    for target, sentence in (found.groups() for line in lines if (found := re.match(r"(\w+):.*?## (.+)", line))):
        print(f"make {target:<8} {sentence}")


def set_up(_arguments: list[str]) -> None:
    setup.ready()
    say("Everything is set up. Next: make run, or make test.")


def keep(arguments: list[str]) -> int:
    from launch import keeper

    return keeper.main(int(arguments[0]))


def compile_catalogues(arguments: list[str]) -> None:
    from launch import catalogues

    catalogues.compile_all(arguments)


def compare_catalogues(arguments: list[str]) -> None:
    from launch import strings

    print("\n".join(strings.compare(Path(arguments[0]), arguments[1:])), end="")


def serve(arguments: list[str]) -> int:
    from launch import run

    return run.main(arguments)


def test(arguments: list[str]) -> int:
    from launch import suites

    return suites.main(arguments)


def check(arguments: list[str]) -> int:
    from launch import checks

    return checks.main(arguments)


def fix(arguments: list[str]) -> int:
    from launch import checks

    return checks.fix(arguments)


def look(arguments: list[str]) -> int:
    """Every journey as pictures."""
    from launch import browser, suites

    if not browser.find_or_install():
        raise Trouble(f"There is no browser to look with: {browser.HOW}")
    return suites.main(["tests/look", *(arguments or words_given())])


def manage(arguments: list[str]) -> None:
    """manage.py beside the services."""
    words = arguments or shlex.split(os.environ.get("CMD", ""))
    if not words:
        raise Trouble('Say which command: make manage CMD="shell"')
    with_services([*folders.MANAGE, *words])


def words_given() -> list[str]:
    """What stands in ARGS."""
    return shlex.split(os.environ.get("ARGS", ""))


def bench(arguments: list[str]) -> None:
    words = arguments or words_given()
    with_services([str(folders.PYTHON), "-m", "benchmarks", *words])


def any_program(arguments: list[str]) -> None:
    """Any program beside the services, such as a script or Celery's own commands."""
    found = shutil.which(arguments[0]) if arguments else None
    if not found:
        raise Trouble("Say which program: python3 -m launch with PROGRAM ...")
    with_services([str(Path(found).absolute()), *arguments[1:]])


def with_services(command: list[str]) -> None:
    setup.ready()
    held = services.hold()
    services.become(held, command, services.environment(held.home))


def clean(_arguments: list[str]) -> None:
    """Back to a fresh checkout. Refuse while somebody works: they would lose their database under their feet."""
    home = folders.home()
    lock = locks.take_patiently(home.users_lock, seconds=USERS_END)
    if lock is None:
        users = ", ".join(str(pid) for pid in locks.holders(home.users_lock))
        raise Trouble(f"Something here still uses the services (process {users}). Stop it first, then run this again.")
    if locks.take_patiently(home.keeper_lock, seconds=KEEPERS_END) is None:
        raise Trouble(f"PostgreSQL and Valkey are still stopping; see {home.keeper_log}. Then run this again.")
    if not home.is_ours:
        raise Trouble(f"{home.data} was there before the portal came, so remove it yourself.")
    for folder in (home.data, home.sockets, folders.ROOT / ".local", folders.ROOT / "staticfiles", folders.VENV):
        shutil.rmtree(folder, ignore_errors=True)
    say("Removed the Python environment and all data of this checkout. `make run` makes them anew.")


COMMANDS = {
    "help": show_help,
    "setup": set_up,
    "run": serve,
    "test": test,
    "check": check,
    "fix": fix,
    "bench": bench,
    "look": look,
    "manage": manage,
    "with": any_program,
    "clean": clean,
    "keeper": keep,
    "catalogues": compile_catalogues,
    "compare-catalogues": compare_catalogues,
}

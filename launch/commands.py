"""The commands behind `make`."""

import os
import shlex
import sys

from launch import folders, services, setup
from launch.say import Trouble, complain


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
    print(f"python3 -m launch COMMAND, with one of: {', '.join(COMMANDS)}. `make` alone says what each is for.")


def set_up(_arguments: list[str]) -> None:
    setup.ready()


def keep(arguments: list[str]) -> int:
    from launch import keeper

    return keeper.main(int(arguments[0]))


def compile_catalogues(arguments: list[str]) -> None:
    from launch import catalogues

    catalogues.compile_all(arguments)


def manage(arguments: list[str]) -> None:
    """manage.py beside the services. Make hands all words over as one."""
    words = shlex.split(arguments[0]) if len(arguments) == 1 else arguments
    with_services([str(folders.PYTHON), "manage.py", *words])


def bench(arguments: list[str]) -> None:
    with_services([str(folders.PYTHON), "-m", "benchmarks", *arguments])


def with_services(command: list[str]) -> None:
    setup.ready()
    held = services.hold()
    services.become(held, command, services.environment(held.home))


def test(arguments: list[str]) -> int:
    """Plain pytest when a path is given, else all phases."""
    setup.ready()
    held = services.hold()
    slot, lock = services.take_test_slot(held.home)
    os.set_inheritable(lock, True)
    environment = services.environment(held.home, tests=slot)
    services.become(held, [str(folders.PYTHON), "-m", "pytest", *arguments], environment)
    return 0


COMMANDS = {
    "help": show_help,
    "setup": set_up,
    "test": test,
    "bench": bench,
    "manage": manage,
    "keeper": keep,
    "catalogues": compile_catalogues,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

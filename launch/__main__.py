"""`python3 -m launch COMMAND`. Kept to syntax that any Python 3 can read, so that an old one gets a sentence."""

import os
import shutil
import sys

WANTED = (3, 11)


def main() -> int:
    if sys.version_info >= WANTED:
        from launch.commands import main as run_command

        return run_command(sys.argv[1:])
    # Enterprise systems keep an old `python3` beside newer ones: take the newest there is.
    for minor in range(20, WANTED[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)  # noqa: UP031 - an old Python reads this line
        if newer:
            os.execv(newer, [newer, "-m", "launch", *sys.argv[1:]])  # noqa: S606
    sys.stderr.write(
        "The portal needs Python 3.11 or newer; `python3` here is %d.%d.\n"  # noqa: UP031 - as above
        "Install a newer one (Debian, Ubuntu: apt-get install python3.11 python3.11-venv) and run this again,\n"
        "or name one: make run PYTHON=/path/to/python3.12\n" % sys.version_info[:2]
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""What those who need PostgreSQL and Valkey do: hold them, and learn their addresses."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from launch import folders, locks, postgres, processes, valkey
from launch.folders import Home
from launch.say import Trouble, say

PATIENCE = 90
ADDRESSES = ("DATABASE_URL", "CELERY_BROKER_URL")


class Hold:
    """The services run while this object's lock is held, by this process or by one that it turns into."""

    def __init__(self, home: Home, lock: int | None) -> None:
        self.home = home
        self.lock = lock

    def pass_on(self) -> None:
        """Let the program that this process turns into hold the services."""
        if self.lock is not None:
            os.set_inheritable(self.lock, True)

    def release(self) -> None:
        """Let go. If nobody else needs the services, wait until they have stopped."""
        if self.lock is None:
            return
        os.close(self.lock)
        self.lock = None
        begun = time.monotonic()
        while locks.is_held(self.home.keeper_lock):
            others = self.home.ready_file.exists() and time.monotonic() - begun > 1
            if others or time.monotonic() - begun > PATIENCE:
                return
            time.sleep(0.05)


def hold() -> Hold:
    """Make sure that the embedded services run for as long as the result is held."""
    load_dot_env()
    home = folders.home()
    if all(os.environ.get(name) for name in ADDRESSES):
        say("Using the PostgreSQL and the broker that DATABASE_URL and CELERY_BROKER_URL name.")
        return Hold(home, None)
    # A keeper that is going has this lock for itself: wait until it is gone, then none can go while we hold it.
    lock = locks.take(home.users_lock, shared=True)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with locks.held(home.start_lock):
            if not locks.is_held(home.keeper_lock):
                start_keeper(home)
        if home.ready_file.exists():
            return Hold(home, lock)
        time.sleep(0.05)
    raise Trouble(f"PostgreSQL and Valkey did not get ready within {PATIENCE} seconds; see {home.keeper_log}.")


def start_keeper(home: Home) -> None:
    """Start the detached keeper and wait for its word."""
    home.ready_file.unlink(missing_ok=True)  # a keeper that was killed could not
    hear, tell = os.pipe()
    command = [folders.PYTHON, "-m", "launch", "keeper", tell]
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=folders.ROOT,
        pass_fds=[tell],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(folders.ROOT)},
    )
    os.close(tell)
    process.wait()
    with os.fdopen(hear) as words:
        said = words.read()
    if said != "ready":
        raise Trouble(said or f"The keeper of the services died. Its log ends with:\n{processes.tail(home.keeper_log)}")


def environment(home: Home, *, tests: int | None = None) -> dict[str, str]:
    """What manage.py and its companions need. `tests` numbers a test run, which gets databases of its own."""
    given = {
        "DATABASE_URL": postgres.url(home),
        "CELERY_BROKER_URL": valkey.url(home, 0 if tests is None else 1 + tests),
        "SECRET_KEY": secret_key(home),
        "SAMPLE_DATA": "1",
        "INSECURE_HTTP": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if tests:
        given["TEST_DB_SUFFIX"] = f"_{tests}"
    chosen = {name: value for name, value in os.environ.items() if value or name not in given}
    return given | chosen


def secret_key(home: Home) -> str:
    """Made once, kept in the data folder, printed nowhere."""
    file = home.data / "secret-key"
    with locks.held(home.data / "secret-key.lock"):
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as written:
                written.write(secrets.token_urlsafe(50))
        return file.read_text().strip()


def take_test_slot(home: Home) -> tuple[int, int]:
    """A number for this test run that no other run in this data folder has, and the lock that keeps it."""
    for number in range(valkey.DATABASES - 1):
        lock = locks.try_to_take(home.data / f"tests-{number}.lock")
        if lock is not None:
            return number, lock
    raise Trouble("Too many test runs at once in this checkout.")


def load_dot_env(file: Path = folders.ROOT / ".env") -> None:
    """Read `.env` if there is one: NAME=value lines. What the environment says already wins."""
    if not file.exists():
        return
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip().isidentifier():
            raise Trouble(f"Line {number} of {file} is not NAME=value: {text.split('=')[0]}")
        os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def become(hold: Hold, command: list[str], environment: dict[str, str]) -> None:
    """Turn this process into `command`, which then holds the services itself."""
    hold.pass_on()
    sys.stdout.flush()
    os.chdir(folders.ROOT)
    os.execve(command[0], command, environment)  # noqa: S606

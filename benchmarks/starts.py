"""How long `make run` takes until the portal answers: into an empty data folder, and again.

It has its own data folder and port, so it meets nobody's; the Python environment is there already, as `make setup`
leaves it.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

from benchmarks.tables import table
from launch import ports, processes, run
from launch.folders import PYTHON, ROOT
from launch.say import say

PATIENCE = 300
# What this process was given for its own services; a start finds or makes its own.
NOT_PASSED_ON = {
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "SECRET_KEY",
    "MESSAGE_GATEWAY_URL",
    "TEST_DB_SUFFIX",
    "ARGS",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
}


@dataclass(frozen=True)
class Start:
    """Seconds until `/readyz` answers, and from Ctrl-C until everything has stopped."""

    start: str
    ready_s: float
    stopped_s: float


def measure():
    """Nothing where it cannot run; its last words say why."""
    say("\nStarts of `make run` (the first loads the sample data, which takes a minute) ...")
    with data_folder() as folder:
        starts = []
        for name in ("first", "second"):
            found = start(name, folder)
            if found is None:
                said = processes.tail(folder / "said")
                say(f"Starts are left out: `make run` did not answer. Its last words:\n{said}")
                return []
            starts.append(found)
    say(table(("start", "ready s", "stopped s"), [(one.start, one.ready_s, one.stopped_s) for one in starts]))
    return [asdict(one) for one in starts]


@contextmanager
def data_folder():
    folder = Path(tempfile.mkdtemp(prefix="portal-start-"))
    folder.chmod(0o755)  # as root, PostgreSQL's user must be able to walk in
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def start(name, folder):
    """One start and stop, or None when it ended or did not answer."""
    port = ports.any_free()
    with (folder / "said").open("w") as said:
        begun = time.monotonic()
        make = subprocess.Popen(
            ["make", "run", f"PYTHON={PYTHON}"],
            cwd=ROOT,
            env=environment(folder, port),
            stdout=said,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            is_ready = wait_until_ready(make, port, begun)
            ready = time.monotonic() - begun
        finally:
            stopped = stop(make)
    return Start(name, round(ready, 1), round(stopped, 1)) if is_ready else None


def environment(folder, port):
    kept = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    own = {"PORTAL_DATA": folder / "data", "STATIC_ROOT": folder / "static", "MEDIA_ROOT": folder / "media"}
    return kept | {name: str(value) for name, value in own.items()} | {"PORT": str(port)}


def wait_until_ready(make, port, begun):
    while make.poll() is None and time.monotonic() - begun < PATIENCE:
        if run.readiness(port) == HTTPStatus.OK:
            return True
        time.sleep(0.05)
    return False


def stop(make):
    """As Ctrl-C does: the whole group hears it. `make run` ends when its services have stopped."""
    begun = time.monotonic()
    if make.poll() is None:
        os.killpg(make.pid, signal.SIGINT)
        if not processes.wait_for(make, PATIENCE):
            os.killpg(make.pid, signal.SIGKILL)
            make.wait()
    return time.monotonic() - begun

"""A checkout with our launch/ and a stand-in for the portal, so that whole `make run`s take seconds."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import suppress
from pathlib import Path

from launch.folders import ROOT

STAND_IN = {
    "launch/prepare.py": """
        import sys
        print("Bringing the database up to date ...", flush=True)
        open(sys.argv[1], "w").write("advisor@example.pk  a-password  123456")
    """,
    "manage.py": """
        import sys, time
        command = sys.argv[1]
        if command in ("pump_messages", "fake_gateway"):
            print(command, "works", flush=True)
            time.sleep(3600)
    """,
    "portal/__init__.py": "",
    "portal/celery.py": """
        import os
        from celery import Celery
        app = Celery("portal", broker=os.environ["CELERY_BROKER_URL"])
        app.conf.broker_connection_retry_on_startup = True
    """,
    "portal/wsgi.py": """
        import time
        def application(environ, start_response):
            if environ["PATH_INFO"] == "/slow":
                time.sleep(120)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ready"]
    """,
}
SET_BY_OUR_RUNNER = {
    *("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "PORT", "ARGS", "CMD", "PHASE", "CI"),
    *("PYTEST_PLUGINS", "MEASURED_INTO", "MEASURED_APPS"),
    *("DATABASE_URL", "CELERY_BROKER_URL", "TEST_DB_SUFFIX", "MESSAGE_GATEWAY_URL", "DJANGO_SETTINGS_MODULE"),
}
# What a program beside the services sees: who keeps them, and that they answer.
LOOK = """
import os, psycopg2, time
from pathlib import Path
from urllib.parse import unquote, urlsplit
host = unquote(urlsplit(os.environ["DATABASE_URL"]).hostname)
time.sleep(float(os.environ.get("HOLD_FOR", "0")))
connection = psycopg2.connect(host=host, user="portal", dbname="portal")
cursor = connection.cursor()
cursor.execute("SELECT pg_postmaster_start_time()")
print(Path(os.environ["PORTAL_DATA"], "ready").read_text().strip(), cursor.fetchone()[0])
"""
WRITE = """
cursor.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
for n in range(100000):
    cursor.execute("INSERT INTO kept VALUES (%s)", [n])
    connection.commit()
    print(n, flush=True)
"""
COUNT = """
cursor.execute("SELECT count(*) FROM kept")
print(*cursor.fetchone())
"""


class Checkout:
    """One checkout with its data folder; everything that runs for either can be found and ended."""

    def __init__(self, *, prepared: Path | None = None) -> None:
        # Not pytest's own folder: as root, PostgreSQL's user must be able to walk in.
        self.root = Path(tempfile.mkdtemp(prefix="portal-test-"))
        self.root.chmod(0o755)
        self.data = self.root / "data"
        shutil.copytree(ROOT / "launch", self.root / "launch", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
            shutil.copyfile(ROOT / name, self.root / name)
        for name, text in STAND_IN.items():
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(textwrap.dedent(text))
        if prepared:  # unpacked and initialised already
            self.data.mkdir(mode=0o711)
            (self.data / "programs").symlink_to(prepared / "programs")
            subprocess.run(["cp", "-a", prepared / "postgres", self.data], check=True)  # noqa: S603, S607
        self.borrow_environment()

    def borrow_environment(self) -> None:
        """A `.venv` of its own that shares the installed packages, and is stamped as set up."""
        own, real = self.root / ".venv", ROOT / ".venv"
        (own / "bin").mkdir(parents=True)
        (own / "bin" / "python").symlink_to((real / "bin" / "python").resolve())
        (own / "lib").symlink_to((real / "lib").resolve())
        shutil.copyfile(real / "pyvenv.cfg", own / "pyvenv.cfg")
        stamp = self.run_python("from launch import setup; setup.STAMP.write_text(setup.fingerprint())")
        assert stamp.returncode == 0, stamp.stderr

    def environment(self, **extra: str) -> dict[str, str]:
        return plain_environment() | {"PORTAL_DATA": str(self.data)} | extra

    def run_python(self, code: str, **extra: str) -> subprocess.CompletedProcess:
        words = [str(self.root / ".venv/bin/python"), "-c", code]
        return subprocess.run(  # noqa: S603 - our own code
            words,
            cwd=self.root,
            env=self.environment(**extra),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, *words: str, before: str = "", **extra: str) -> subprocess.Popen:
        """`python -m launch WORDS`; `before` is code that takes a guard away first."""
        code = f"import sys; {before or 'pass'}\nfrom launch.commands import main; sys.exit(main(sys.argv[1:]))"
        return subprocess.Popen(  # noqa: S603 - our own code
            [str(self.root / ".venv/bin/python"), "-c", code, *words],
            cwd=self.root,
            env=self.environment(**extra),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_for_services(self) -> int:
        """The keeper's process id, once both services answer."""
        ready = self.data / "ready"
        return int(wait_until(lambda: ready.exists() and ready.read_text(), what="the services"))

    def look(self, *, before: str = "", **extra: str) -> subprocess.Popen:
        """Start a program beside the services that says who keeps them."""
        return self.start("with", sys.executable, "-c", LOOK, before=before, **extra)

    def belongings(self) -> dict[int, str]:
        """Every process that runs for this checkout, by id."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                traces = words.encode() + (process / "environ").read_bytes() + os.fsencode((process / "cwd").readlink())
                state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if os.fsencode(self.root) in traces and state != "Z":
                found[int(process.name)] = words
        return found

    def left_after(self, seconds: float) -> dict[int, str]:
        """What still runs after so long; returns as soon as nothing does."""
        until = time.monotonic() + seconds
        while self.belongings() and time.monotonic() < until:
            time.sleep(0.05)
        return self.belongings()

    def kill_everything(self) -> None:
        for pid in self.belongings():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        for _ in range(3):
            self.kill_everything()
            if not self.left_after(2):
                break
        shutil.rmtree(self.root, ignore_errors=True)


def plain_environment() -> dict[str, str]:
    """As a person's shell has it: without what the make and the launch that run these tests have set."""
    return {name: value for name, value in os.environ.items() if name not in SET_BY_OUR_RUNNER}


def said_by(process: subprocess.Popen, seconds: float = 60) -> tuple[int, str]:
    """Its exit code and all that it printed."""
    said, _ = process.communicate(timeout=seconds)
    return process.returncode, said


def wait_until(condition, seconds: float = 20, what: str = "it to come true"):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"Waited {seconds} s in vain for {what}.")

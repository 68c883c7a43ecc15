"""`make run`: everything from nothing to a portal with sample data in the browser."""

import ctypes
import http.client
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from launch import ports, services, setup, static
from launch.folders import MANAGE, PYTHON, ROOT, Home
from launch.say import colour, say
from launch.supervisor import Supervisor
from launch.tether import PR_SET_PDEATHSIG

PATIENCE = 30  # seconds that the web may take to be ready
SIGINT_BIT = 1 << (signal.SIGINT - 1)


def main(_arguments: list[str]) -> int:
    begun = time.monotonic()
    setup.ready()
    port = ports.choose(os.environ.get("PORT"))
    follow_make()
    held = services.hold()
    supervisor = Supervisor(ROOT, log=log_of(held.home))
    supervisor.listen()
    try:
        environment = services.environment(held.home)
        ready = threading.Event()
        add_children(supervisor, held.home, environment, port, ready)
        if prepare(supervisor, held.home, environment):
            others = [child.name for child in supervisor.children if child.name != "web"]
            greeting = threading.Thread(target=greet, args=(held.home, port, begun, others, ready), daemon=True)
            greeting.start()
            supervisor.run(stops=make_was_interrupted)
    finally:
        held.release()
    return 0


def add_children(
    supervisor: Supervisor, home: Home, environment: dict[str, str], port: int, ready: threading.Event
) -> None:
    """The web, Celery's worker and two beats, the message pump, and a gateway unless there is a real one.

    Two beats as in production: what they ring for is claimed in PostgreSQL, so the second does no harm.
    """
    if not environment.get("MESSAGE_GATEWAY_URL"):
        gateway_port = ports.any_free()
        environment["MESSAGE_GATEWAY_URL"] = f"http://{ports.HOST}:{gateway_port}/"
        environment["FAKE_GATEWAY_STORE"] = str(home.data / "sample-phones.sqlite3")
        supervisor.add("gateway", [*MANAGE, "fake_gateway", "--port", gateway_port], environment)
    web = [PYTHON, "-m", "gunicorn", "portal.wsgi", "--config", "launch/web.py", "--bind", f"{ports.HOST}:{port}"]
    supervisor.add("web", web, environment)
    # The person at the keyboard waits for the pages: what works behind them starts when the web is up.
    supervisor.add("pump", [*MANAGE, "pump_messages"], environment, when=ready.is_set)
    # Celery warns that it runs as root; on a developer's machine it may.
    calm = environment | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    celery = [PYTHON, "-m", "celery", "--quiet", "-A", "portal"]
    worker = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    supervisor.add("worker", worker, calm, when=ready.is_set)
    for number in (1, 2):
        schedule = home.data / f"beat-{number}-{port}"
        beat = [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"]
        supervisor.add(f"beat-{number}", beat, environment, when=ready.is_set)


def prepare(supervisor: Supervisor, home: Home, environment: dict[str, str]) -> bool:
    """Migrate, load the sample, collect static files; False when a signal came in between."""
    sign_ins(home).unlink(missing_ok=True)
    done = supervisor.step([PYTHON, "-m", "launch.prepare", sign_ins(home)], environment)
    return done and static.collect(home, lambda command: supervisor.step(command, environment))


def sign_ins(home: Home) -> Path:
    return home.data / "sign-ins"


def log_of(home: Home) -> Path:
    return home.data / "run.log"


def greet(home: Home, port: int, begun: float, others: list[str], ready: threading.Event) -> None:
    """Say where the portal is once it answers. Beside the main thread, which prints the children's lines."""
    wait_until_it_answers(port, ready)
    address = f"http://{ports.HOST}:{port}"
    said = ["", colour(f"The portal is ready: {address}", "1;32"), ""]
    said += [f"Started in {time.monotonic() - begun:.1f} s. Behind it work: {', '.join(others)}."]
    said += [f"What they write is kept in {log_of(home)}; here you see only what went wrong."]
    if sign_ins(home).exists():
        said += [f"What the sample people's phones received: {address}/sample/phone/", ""]
        said += ["How to sign in:", sign_ins(home).read_text().rstrip()]
        said += ["A code lasts half a minute. The current ones: make manage CMD=sample_accounts", ""]
    said += ["Ctrl-C stops everything.", ""]
    say("\n".join(said))


def wait_until_it_answers(port: int, ready: threading.Event) -> None:
    """Ask until it is; after a while say that it is not, let the others start all the same, and go on asking."""
    silent_until = time.monotonic() + PATIENCE
    while (status := readiness(port)) != http.HTTPStatus.OK:
        if time.monotonic() > silent_until:
            silent_until = float("inf")
            ready.set()
            answer = f"answers {status}" if status else "does not answer"
            say(f"The portal is not ready yet: its /readyz {answer}. The lines above may say why.")
        time.sleep(0.1)
    ready.set()


def readiness(port: int) -> int | None:
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(ports.HOST, port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    return None


def parent_is_make() -> bool:
    with suppress(OSError):
        return Path(f"/proc/{os.getppid()}/comm").read_text().strip() in {"make", "gmake"}
    return False


def follow_make() -> None:
    """Under make, hear SIGTERM when make dies, even by SIGKILL."""
    if parent_is_make():
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM.value, 0, 0, 0)


def make_was_interrupted() -> bool:
    """Whether make alone got a SIGINT, as a test harness or a process manager may send it.

    Make does not pass it on: it waits inside its signal handler, with SIGINT blocked, until we end.
    """
    if not parent_is_make():
        return False
    with suppress(OSError):
        status = Path(f"/proc/{os.getppid()}/status").read_text()
        blocked = next(line for line in status.splitlines() if line.startswith("SigBlk:"))
        return bool(int(blocked.split()[1], 16) & SIGINT_BIT)
    return False

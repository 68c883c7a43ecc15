"""`make run`: what it starts, how it is stopped, and that nothing outlives it, whoever is killed."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from launch import ports
from launch.folders import ROOT
from launch.say import Trouble
from launch.supervisor import Supervisor
from tests.databases import empty_database
from tests.launch.checkout import wait_until

WITHOUT_TETHER = (
    "import subprocess, launch.processes as p\n"
    "p.spawn = lambda command, dies_by, user='-', **o: subprocess.Popen([str(w) for w in command], **o)"
)


class Run:
    """A `make run` in a terminal's stead."""

    def __init__(self, checkout, *, folder=None, **extra):
        self.checkout = checkout
        self.port = extra.get("PORT") or str(ports.any_free())
        environment = checkout.environment(PORT=self.port, **extra)
        python = f"PYTHON={checkout.root}/.venv/bin/python"
        with (checkout.root / "said").open("w") as said:
            self.make = subprocess.Popen(  # noqa: S603
                ["make", "run", python],  # noqa: S607
                cwd=folder or checkout.root,
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def said(self):
        return (self.checkout.root / "said").read_text()

    def pid_of(self, words):
        return min(pid for pid, line in self.checkout.belongings().items() if words in line and "tether" not in line)

    def get(self, path="/"):
        with closing(http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=30)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status

    def wait_until_ready(self, *, celery=True):
        wait_until(lambda: "The portal is ready" in self.said or self.make.poll() is not None, 40, "the welcome")
        assert self.make.poll() is None, self.said
        wait_until(lambda: "pump_messages works" in self.said, 40, "what works behind the web")
        if celery:
            wait_until(lambda: self.count("celery") == 5, 40, "Celery's worker, its two children, and two beats")

    def count(self, words):
        return sum(words in line and "tether" not in line for line in self.checkout.belongings().values())


@pytest.fixture
def run(checkout):
    started = Run(checkout)
    yield started
    with suppress(ProcessLookupError):
        os.killpg(started.make.pid, signal.SIGKILL)
    started.make.wait()


def test_run_serves_and_says_how_to_go_on(run):
    run.wait_until_ready(celery=False)

    assert run.get() == 200
    for words in (
        f"http://127.0.0.1:{run.port}",
        "advisor@example.pk",
        "Ctrl-C",
        "pump_messages works",
        "fake_gateway works",
    ):
        assert words in run.said
    key = (run.checkout.data / "secret-key").read_text()
    assert key not in run.said
    assert (run.checkout.data / "secret-key").stat().st_mode & 0o777 == 0o600


def interrupt_group(run):
    os.killpg(run.make.pid, signal.SIGINT)


def interrupt_make_alone(run):
    run.make.send_signal(signal.SIGINT)


def terminate_make(run):
    run.make.terminate()


def hang_up(run):
    os.killpg(run.make.pid, signal.SIGHUP)


def terminate_supervisor(run):
    os.kill(run.pid_of("-m launch run"), signal.SIGTERM)


@pytest.mark.storm
@pytest.mark.parametrize("way", [interrupt_group, interrupt_make_alone, terminate_make, hang_up, terminate_supervisor])
def test_asking_to_stop_stops_everything(run, way):
    run.wait_until_ready(celery=way is interrupt_group)

    way(run)

    assert run.checkout.left_after(15) == {}
    run.make.wait()
    assert "Stopping ..." in run.said
    assert "Everything has stopped." in run.said


@pytest.mark.storm
@pytest.mark.parametrize("killed", ["make run", "-m launch run"])
def test_killing_make_or_the_supervisor_leaves_no_orphan(run, killed):
    """A worker busy with a request and Celery's pool go, too."""
    run.wait_until_ready()
    with closing(socket.create_connection(("127.0.0.1", int(run.port)))) as busy:
        busy.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)

        os.kill(run.pid_of(killed), signal.SIGKILL)

        assert run.checkout.left_after(15) == {}


@pytest.mark.storm
def test_killed_web_server_is_started_again_without_leftovers(run):
    run.wait_until_ready(celery=False)
    first = run.pid_of("-m gunicorn")
    workers = {pid for pid, line in run.checkout.belongings().items() if "-m gunicorn" in line}

    os.kill(first, signal.SIGKILL)
    wait_until(lambda: "starting it again" in run.said, what="the supervisor to notice")

    def serves():
        with suppress(OSError):
            return run.get() == 200

    wait_until(serves, what="the web to be back")
    assert not workers & run.checkout.belongings().keys()


@pytest.mark.storm
def test_second_interrupt_kills_at_once(run):
    run.wait_until_ready(celery=False)
    os.kill(run.pid_of("pump_messages"), signal.SIGSTOP)  # it cannot hear that it should stop

    interrupt_group(run)
    time.sleep(1)
    begun = time.monotonic()
    interrupt_group(run)

    assert run.checkout.left_after(15) == {}
    assert time.monotonic() - begun < 5


def test_interrupt_while_preparing_stops_everything(run):
    wait_until(lambda: "up to date" in run.said, what="the first step")

    interrupt_group(run)

    assert run.checkout.left_after(15) == {}


def test_the_portal_itself_runs(checkout):
    """Not the stand-in: its pages, its pump and gateway, without sample, on a database and a broker that are named."""
    suffix = f"{os.environ.get('TEST_DB_SUFFIX', '')}_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    with empty_database(f"itself{suffix}") as database:
        services = {"DATABASE_URL": database, "CELERY_BROKER_URL": os.environ["CELERY_BROKER_URL"]}
        run = Run(checkout, folder=ROOT, SAMPLE_DATA="0", **services)
        try:
            wait_until(lambda: "The portal is ready" in run.said or run.make.poll() is not None, 90, "the welcome")
            statuses = {path: run.get(path) for path in ("/", "/readyz", "/sign-in/", "/static/missing")}
        finally:
            run.make.terminate()
            run.make.wait()

    assert statuses == {"/": 200, "/readyz": 200, "/sign-in/": 200, "/static/missing": 404}, run.said
    assert "Everything has stopped." in run.said


# A port that is taken


@pytest.fixture
def taken():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_port_that_was_asked_for_and_is_taken_is_refused_with_its_holder(taken):
    with pytest.raises(Trouble) as refusal:
        ports.choose(str(taken))

    assert f"Port {taken} is taken by process {os.getpid()} (" in str(refusal.value)


def test_usual_port_that_is_taken_is_replaced_by_the_next(taken, monkeypatch, capsys):
    monkeypatch.setattr(ports, "USUAL", taken)

    chosen = ports.choose(None)

    assert taken < chosen
    assert capsys.readouterr().out.endswith(f"; using {chosen} instead.\n")


@pytest.mark.parametrize("nonsense", ["eighty", "0", "70000", "-1", "8000.5"])
def test_port_that_is_none_is_refused(nonsense):
    with pytest.raises(Trouble, match="is not a port"):
        ports.choose(nonsense)


# The supervisor alone


def test_child_that_dies_again_and_again_stops_everything_with_its_last_words(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("launch.supervisor.LONGEST_DELAY", 0.01)
    supervisor = Supervisor(tmp_path)
    supervisor.add("steady", ["sleep", "60"], dict(os.environ))
    supervisor.add("moody", ["sh", "-c", "echo cannot reach the moon; exit 3"], dict(os.environ))

    with pytest.raises(Trouble) as refusal:
        supervisor.run(stops=lambda: False)

    assert "moody died 5 times soon after its start (last exit 3)" in str(refusal.value)
    assert "  cannot reach the moon\n" in str(refusal.value)
    assert [child.is_alive for child in supervisor.children] == [False, False]
    assert "moody  | cannot reach the moon" in capsys.readouterr().out


def child_outlives_its_parent(before=""):
    """Kill a parent that has spawned a child; whether the child still lives a second later."""
    code = f"{before}\nimport signal, time\nfrom launch import processes\n"
    code += "print(processes.spawn(['sleep', '60'], dies_by=signal.SIGKILL).pid, flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603
        child = int(parent.stdout.readline())
        wait_until(lambda: is_running(child, "sleep"))
        parent.kill()
    time.sleep(1)
    outlived = is_running(child, "sleep")
    if outlived:
        os.kill(child, signal.SIGKILL)
    return outlived


def is_running(pid, name):
    try:
        words = Path(f"/proc/{pid}/stat").read_text().split()
    except OSError:
        return False
    return words[1] == f"({name})" and words[2] != "Z"


@pytest.mark.storm
def test_tethered_child_dies_with_its_parent():
    assert not child_outlives_its_parent()


@pytest.mark.storm
def test_child_without_tether_outlives_its_parent():
    assert child_outlives_its_parent(WITHOUT_TETHER)

import os
import subprocess
import sys
from http.client import HTTPConnection
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from messaging import outbox, tasks
from messaging.fake_gateway import Server
from messaging.models import Message
from messaging.pump import Pump
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import hello

ROOT = Path(__file__).parents[2]


@pytest.mark.django_db
def test_pump_once_plans_sends_and_ends(fake, install):
    user = EntrepreneurUserFactory(phone="+923000001234")
    install([hello(urgent=True, due=lambda _now: [user])])
    said = StringIO()

    call_command("pump_messages", "--once", stdout=said)
    call_command("pump_messages", "--once", stdout=said)

    assert said.getvalue() == "sent: 1\nnothing due\n"


def test_pump_runs_until_it_is_stopped(monkeypatch):
    ran = []
    monkeypatch.setattr(Pump, "__init__", lambda _pump: None)
    monkeypatch.setattr(Pump, "run", lambda _pump: ran.append("run"))

    call_command("pump_messages")

    assert ran == ["run"]


@pytest.mark.django_db
def test_tasks_plan_and_deliver(fake, install):
    user = EntrepreneurUserFactory(phone="+923000001234")
    install([hello(urgent=True, due=lambda _now: [user])])

    tasks.plan()
    tasks.deliver()

    assert Message.objects.get().state == "sent"


def test_tasks_have_the_names_that_beat_rings():
    assert [tasks.plan.name, tasks.deliver.name] == ["messaging.plan", "messaging.deliver"]


def test_fake_gateway_serves_until_it_is_stopped(tmp_path):
    command = [sys.executable, "manage.py", "fake_gateway", "--port", "0", "--store", tmp_path / "phones.sqlite3"]
    unbuffered = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=unbuffered) as process:  # noqa: S603
        words = process.stdout.readline().split()
        line = HTTPConnection(words[3].removeprefix("http://").rstrip(","), timeout=5)
        line.request("GET", "/")
        answer = line.getresponse().read()
        line.close()
        process.terminate()
        process.wait(10)

    assert (answer, (tmp_path / "phones.sqlite3").exists()) == (b'{"gateway": "fake-gateway"}', True)


def test_fake_gateway_ends_quietly_at_ctrl_c(tmp_path, monkeypatch):
    said, file = StringIO(), tmp_path / "phones.sqlite3"
    monkeypatch.setenv("FAKE_GATEWAY_STORE", str(file))

    def stopped(_server):
        raise KeyboardInterrupt

    monkeypatch.setattr(Server, "serve_forever", stopped)

    call_command("fake_gateway", "--port", "0", stdout=said)

    assert (said.getvalue().endswith(f"messages in {file}\n"), file.exists()) == (True, True)


def test_fake_gateway_says_when_its_port_is_taken(fake, tmp_path):
    with pytest.raises(CommandError, match="cannot listen on port"):
        call_command("fake_gateway", "--port", str(fake.server_port), "--store", str(tmp_path / "other.sqlite3"))


def test_fake_gateway_says_when_its_port_is_none(tmp_path):
    with pytest.raises(CommandError, match="cannot listen on port 99999"):
        call_command("fake_gateway", "--port", "99999", "--store", str(tmp_path / "other.sqlite3"))


def test_outbox_is_one_door():
    assert outbox.__all__ == ["claim", "dedup_key", "deliver_due", "drain", "plan", "queue", "queue_code"]

"""A portal of one's own, as production serves it: gunicorn, collected files, sample data, phones that receive."""

import os
import signal
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import time_machine
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from launch import ports, processes
from launch.folders import PYTHON, ROOT
from messaging import gateway, outbox, quiet
from messaging.fake_gateway import Server
from portal.sample.organisation import key_of
from tests.databases import sample_database

PATIENCE = 60
WEB = ("-m", "gunicorn", "portal.wsgi", "--config", "launch/web.py", "--workers", "1")


@dataclass
class World:
    """`blocker` is pytest-django's: tests may touch the portal's database only where they say so, by `inside`."""

    address: str
    database: str
    phones: Server
    media: Path
    log: Path
    blocker: object

    @contextmanager
    def inside(self, at=None):
        """The portal's own functions in this process, on this world's database; at another moment if one is given."""
        usual = connection.settings_dict["NAME"]
        with ExitStack() as stack:
            stack.enter_context(self.blocker.unblock())
            stack.enter_context(override_settings(MESSAGE_GATEWAY_URL=self.phones.url, MEDIA_ROOT=self.media))
            stack.callback(connection.settings_dict.update, NAME=usual)
            stack.callback(connection.close)
            stack.callback(gateway.close)
            connection.close()
            connection.settings_dict["NAME"] = self.database
            if at:
                stack.enter_context(time_machine.travel(at, tick=False))
            yield

    def deliver(self, at=None):
        """What the pump does, at once. What may not ring by night is told as of the morning, at whatever hour."""
        now = at or timezone.now()
        with self.inside(at):
            outbox.drain(now)
            if quiet.is_quiet(now):
                outbox.drain(quiet.next_morning(now))

    def received(self, phone, *, after=0):
        """The texts that a phone (+92...) received, the oldest first."""
        return [row["text"] for row in reversed(self.phones.store.newest(phone=phone, after=after))]

    def newest_message(self):
        """Its number: what comes later has a greater one."""
        return next((row["id"] for row in self.phones.store.newest(limit=1)), 0)

    def code_of(self, email):
        """What the colleague's authenticator app shows now.

        A code opens once: whoever signs in twice within half a minute waits for the next. Tests need not, so what the
        portal remembers of the last code is forgotten here.
        """
        with self.inside():
            TOTPDevice.objects.filter(user__email=email).update(last_t=-1, throttling_failure_count=0)
        return f"{totp(bytes.fromhex(key_of(email))):06d}"


@contextmanager
def made(name, folder, blocker):
    """A world whose database has this name; all of it is gone afterwards but for what is in `folder`."""
    # Playwright keeps a loop running in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with ExitStack() as stack:
        url = stack.enter_context(sample_database(name))
        phones = stack.enter_context(gateway_in_thread(folder / "phones.sqlite3"))
        environment = {"DATABASE_URL": url, "MESSAGE_GATEWAY_URL": phones.url, "MEDIA_ROOT": str(folder / "media")}
        log = folder / "web.log"
        address = stack.enter_context(web(environment, log))
        yield World(address, name, phones, folder / "media", log, blocker)


@contextmanager
def gateway_in_thread(store):
    server = Server(0, store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@contextmanager
def web(environment, log):
    port = ports.any_free()
    given = os.environ | {"SAMPLE_DATA": "1", "INSECURE_HTTP": "1"} | environment
    with log.open("wb") as written:
        command = [PYTHON, *WEB, "--bind", f"{ports.HOST}:{port}"]
        server = processes.spawn(command, dies_by=signal.SIGKILL, cwd=ROOT, env=given, stdout=written, stderr=written)
    try:
        wait_for(server, port, log)
        yield f"http://{ports.HOST}:{port}"
    finally:
        server.kill()  # and its worker dies with it; asked politely, it waits for browsers that are gone
        server.wait(PATIENCE)


def wait_for(server, port, log):
    until = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < until:
        with closing(HTTPConnection(ports.HOST, port, timeout=5)) as asked:
            try:
                asked.request("GET", "/readyz")
                if asked.getresponse().status == 200:
                    return
            except (OSError, HTTPException):
                time.sleep(0.05)
    raise AssertionError(f"The portal did not start:\n{processes.tail(log)}")

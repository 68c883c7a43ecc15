"""The guards, and how to switch each off: what then breaks shows that the storm would notice."""

import os
import uuid
from functools import wraps
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from journal import jobs
from journal.models import JobRun
from messaging.actions import delivery, planning
from messaging.gateway import Gateway
from messaging.models import Message


def send_without_key():
    """Each sending looks new to the gateway."""
    send = Gateway.send

    @wraps(send)
    def careless(self, *, phone, text, key):
        return send(self, phone=phone, text=text, key=uuid.uuid4().hex)

    Gateway.send = careless


def finish_before_sending():
    """What is called sent is not sent yet."""
    send = Gateway.send

    @wraps(send)
    def careless(self, *, phone, text, key):
        Message.objects.filter(dedup_key=key).change("finish", sent_at=timezone.now())
        return send(self, phone=phone, text=text, key=key)

    Gateway.send = careless


def plan_without_key():
    """Each planning finds each message new."""
    compose = planning.compose

    @wraps(compose)
    def careless(*arguments, **named):
        message = compose(*arguments, **named)
        message.dedup_key = uuid.uuid4().hex
        return message

    planning.compose = careless


def take_nothing_back():
    """What a dead worker held stays with it."""
    delivery.tidy = lambda _now: None


def begin_without_counting():
    """An attempt counts when it is over, so one that kills its worker never does."""
    delivery.begin = lambda _message, _now: True


def write_in_place():
    """A file has its name while it is still being written."""

    def careless(run, name, content):
        path = Path(settings.MEDIA_ROOT, "jobs", run.job, run.period, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb", buffering=0) as file:
            for half in (content[: len(content) // 2], content[len(content) // 2 :]):
                file.write(half)
                os.fsync(file.fileno())
        written = path.relative_to(settings.MEDIA_ROOT)
        return {"path": str(written), "sha256": sha256(content).hexdigest(), "bytes": len(content)}

    jobs.write_file = careless


def one_row_a_ring():
    """Each ring of the beat makes a row of its own."""
    jobs.ensure = lambda now: JobRun.objects.create(
        job="storm.report", period=now.isoformat().replace(":", "."), due_at=now
    )


GUARDS = {
    guard.__name__: guard
    for guard in (
        send_without_key,
        finish_before_sending,
        plan_without_key,
        take_nothing_back,
        begin_without_counting,
        write_in_place,
        one_row_a_ring,
    )
}


def switch_off(name):
    if name:
        GUARDS[name]()

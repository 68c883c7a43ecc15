"""The guards, and how to switch each off: what then breaks shows that the storm would notice."""

import uuid
from functools import wraps

from django.utils import timezone

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


GUARDS = {
    guard.__name__: guard
    for guard in (
        send_without_key,
        finish_before_sending,
        plan_without_key,
        take_nothing_back,
        begin_without_counting,
    )
}


def switch_off(name):
    if name:
        GUARDS[name]()

"""Kinds whose targets are users: half are found by planning, half are queued by the test, some kill who sends them."""

import os
import signal

from accounts.models import User
from messaging.kinds import Kind, Recipient

PLANNED, QUEUED, POISON = "storm.planned", "storm.queued", "storm.poison"


def their_phone(user):
    return Recipient(user.phone, "en")


def number(user, _language):
    return f"{user.username}"


def planned(_now):
    return User.objects.filter(username__startswith="planned").order_by("pk").iterator(chunk_size=100)


def kill_who_writes_it(_user, _language):
    os.kill(os.getpid(), signal.SIGKILL)


KINDS = [
    Kind(name=PLANNED, recipient=their_phone, render=number, due=planned, urgent=True),
    Kind(name=QUEUED, recipient=their_phone, render=number, urgent=True),
    Kind(name=POISON, recipient=their_phone, render=kill_who_writes_it, urgent=True),
]

"""Planning: writing into the outbox what has come due."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection

from kit.faults import describe
from messaging import kinds
from messaging.actions.queueing import compose, insert, ring
from messaging.models import Message

BATCH = 500

logger = logging.getLogger(__name__)


def plan(now: datetime) -> int:
    """Queue whatever any kind says is due by `now`; return how many messages are new.

    It asks "due by now", never "due in the last minute", so that nothing is forgotten after an outage. It may run
    twice at once and be killed anywhere: each message's unique key makes it one message.
    """
    planned = sum(plan_kind(kind, now=now) for kind in kinds.installed() if kind.due)
    if planned:
        ring()
    return planned


def plan_kind(kind: kinds.Kind, *, now: datetime) -> int:
    """Queue what is due of one kind. Its trouble is logged and never stops the other kinds."""
    assert kind.due, kind.name  # noqa: S101 - asked by plan
    planned = 0
    try:
        targets = iter(kind.due(now))
        while batch := list(islice(targets, BATCH)):
            planned += insert_new(composed(kind, batch, now=now))
    except Exception as error:
        if not connection.is_usable():
            raise
        logger.error("planning failed", extra={"kind": kind.name, **describe(error)})  # noqa: TRY400 - codes only
    if planned:
        logger.info("planned", extra={"kind": kind.name, "count": planned})
    return planned


def composed(kind: kinds.Kind, targets: Iterable[Any], *, now: datetime) -> Iterator[Message]:
    """A message for each target; one that cannot be named is logged and left out."""
    for target in targets:
        try:
            yield compose(kind, target, due_at=now)
        except Exception as error:  # noqa: BLE001 - one bad row must not stop the rest
            about = {"kind": kind.name, "target_id": getattr(target, "pk", None), **describe(error)}
            logger.error("planning left out a target", extra=about)  # noqa: TRY400 - ids and codes only


def insert_new(messages: Iterable[Message]) -> int:
    """Insert those that the outbox does not have yet; return how many."""
    by_key = {message.dedup_key: message for message in messages}
    known = Message.objects.filter(dedup_key__in=by_key).values_list("dedup_key", flat=True)
    fresh = [by_key[key] for key in by_key.keys() - set(known)]
    insert(fresh)
    return len(fresh)

"""Queueing: a message is written inside the action that causes it, or not at all."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import connection, models
from django.utils import timezone

from messaging import kinds
from messaging.models import Message
from messaging.sealing import seal

CHANNEL = "messaging_outbox"
CODE = "messaging.code"


def queue(
    kind: str,
    *,
    target: models.Model,
    by: models.Model | None = None,
    due_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Queue one message about `target` in the caller's transaction: it is sent if, and only if, that commits.

    The same kind is said about the same target once, however often it is queued. To say it again, pass a `key` that
    tells this time from others (the number of a decision), unless the kind itself names its occasion.
    Raises `UnknownKind` for a kind that portal/message_kinds.py does not list.
    """
    chosen = kinds.get(kind)
    message = compose(chosen, target, due_at=due_at or timezone.now(), by=by, key=key)
    insert([message])
    ring()


def queue_code(
    *,
    phone: str,
    text: str,
    language: str,
    expires_at: datetime,
    target: models.Model | None = None,
) -> None:
    """Queue a one-time code in the caller's transaction: urgent, by night too, needing nobody's consent.

    The phone may belong to nobody yet. Both wait encrypted, expire with the code and are wiped when sent.
    With a `target` (the row of the code) the same code is sent once, however often it is queued.
    """
    insert(
        [
            Message(
                kind=CODE,
                target_label=target._meta.label_lower if target else "",
                target_id=target.pk if target else None,
                language=language,
                dedup_key=dedup_key(CODE, target, "" if target else uuid.uuid4().hex),
                is_urgent=True,
                due_at=timezone.now(),
                expires_at=expires_at,
                secret=seal({"phone": phone, "text": text}),
            )
        ]
    )
    ring()


def compose(
    kind: kinds.Kind,
    target: models.Model,
    *,
    due_at: datetime,
    by: models.Model | None = None,
    key: str | None = None,
) -> Message:
    """The message as it will stand in the outbox, not yet inserted."""
    if kind.occasion and key is not None:
        raise ValueError(f"{kind.name} names its occasion itself; pass no key.")
    occasion = kind.occasion(target) if kind.occasion else key or ""
    return Message(
        kind=kind.name,
        target_label=target._meta.label_lower,
        target_id=target.pk,
        person_id=getattr(target, "person_id", None),
        by_id=by.pk if by else None,
        dedup_key=dedup_key(kind.name, target, occasion),
        is_urgent=kind.urgent,
        due_at=due_at,
    )


def insert(messages: Sequence[Message]) -> None:
    """Insert those that are not there yet; the unique key decides, also between two who insert at once."""
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def ring() -> None:
    """Wake the pumps when the transaction commits. A lost ring costs two seconds, never a message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def dedup_key(kind: str, target: models.Model | None, occasion: str) -> str:
    """The message's name for ever, for us and for the gateway. It does not hang on a secret key, which may change."""
    about = f"{target._meta.label_lower}:{target.pk}" if target else ""
    return sha256(f"{kind}|{about}|{occasion}".encode()).hexdigest()

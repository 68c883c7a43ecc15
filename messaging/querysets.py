import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models

from messaging.states import CHANGES, OPEN, MessageState

# One statement claims and reads: SKIP LOCKED lets workers pass each other, MATERIALIZED makes the limit hold.
CLAIM = """
WITH picked AS MATERIALIZED (
    SELECT id FROM messaging_message
    WHERE state = %(source)s AND is_urgent = %(urgent)s AND due_at <= %(now)s
    ORDER BY due_at, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE messaging_message AS message
SET state = %(target)s, lease_until = %(until)s, token = %(token)s
FROM picked
WHERE message.id = picked.id
RETURNING message.*
"""


class MessageQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def dead(self) -> Self:
        """Given up: a person has to call instead."""
        return self.filter(state=MessageState.DEAD)

    def ambiguous(self) -> Self:
        """Perhaps sent: a person has to ask whether it came."""
        return self.filter(state=MessageState.AMBIGUOUS)

    def sent_to(self, person_ids: Any) -> Self:
        """What reached this person's phone, under the ids of all their records; one-time codes name nobody."""
        return self.filter(state=MessageState.SENT, person_id__among=person_ids)

    def due(self, *, now: datetime) -> Self:
        """Waiting, and its time has come. The earliest of these says how far the outbox is behind."""
        return self.filter(state=MessageState.WAITING, due_at__lte=now)

    def lapsed(self, *, now: datetime) -> Self:
        """Claimed by a worker that neither finished nor asked for more time: it is dead or very slow."""
        return self.filter(state=MessageState.LEASED, lease_until__lt=now)

    def expired(self, *, now: datetime) -> Self:
        return self.filter(state=MessageState.WAITING, expires_at__lte=now)

    def held(self, message: Any) -> Self:
        """The message, if its worker still holds it: the token tells this claim from any later one."""
        return self.filter(pk=message.pk, state=MessageState.LEASED, token=message.token)

    def claim(self, *, now: datetime, until: datetime, urgent: bool, limit: int) -> list[Any]:
        """Lease up to `limit` due messages, the longest due first, and return them with their token."""
        change = CHANGES["claim"]
        (source,) = change.sources
        values = {
            "source": source,
            "target": change.target,
            "now": now,
            "until": until,
            "token": uuid.uuid4(),
            "urgent": urgent,
            "limit": limit,
        }
        return sorted(self.raw(CLAIM, values), key=lambda message: (message.due_at, message.pk))

    def change(self, verb: str, **fields: Any) -> int:
        """Make the change `verb` of `CHANGES` to those rows that it leads from; return how many there were.

        A message that is not leased has no lease, and one that is over keeps no secret.
        """
        change = CHANGES[verb]
        cleared: dict[str, Any] = {"lease_until": None, "token": None, "begun_at": None}
        if change.target not in OPEN:
            cleared["secret"] = ""
        return self.filter(state__in=change.sources).update(state=change.target, **cleared | fields)

"""States of a message, and the changes that lead from one to another.

Messages change by the thousand, in single statements, by nobody's hand: there is no permission to ask and no event to
write. So they do not go through `journal.moves`, and `MessageQuerySet.change` applies this table instead.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    LEASED = "leased", _("being sent")
    SENT = "sent", _("sent")
    DEAD = "dead", _("given up")
    DROPPED = "dropped", _("no longer needed")
    AMBIGUOUS = "ambiguous", _("perhaps sent")


@dataclass(frozen=True)
class Change:
    """From any of `sources` to `target`."""

    sources: frozenset[str]
    target: str


OPEN = frozenset({MessageState.WAITING, MessageState.LEASED})

CHANGES = {
    # A worker takes it, for as long as the lease lasts.
    "claim": Change(frozenset({MessageState.WAITING}), MessageState.LEASED),
    # Quiet hours, a failure that time can heal, a worker that stopped or died.
    "put_back": Change(frozenset({MessageState.LEASED}), MessageState.WAITING),
    "finish": Change(frozenset({MessageState.LEASED}), MessageState.SENT),
    # Refused by the gateway, tried too often, or it killed its worker too often: a person has to call.
    "give_up": Change(frozenset({MessageState.LEASED}), MessageState.DEAD),
    # Paid meanwhile, consent withdrawn, expired.
    "drop": Change(OPEN, MessageState.DROPPED),
    # Sent to a gateway that knows no idempotency keys, and no answer came: sending again might double it.
    "doubt": Change(frozenset({MessageState.LEASED}), MessageState.AMBIGUOUS),
}

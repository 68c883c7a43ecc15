"""The outbox, for all apps: `queue` inside the action that causes a message, the rest for pump, tasks and tests."""

from messaging.actions.delivery import claim, deliver_due, drain
from messaging.actions.planning import plan
from messaging.actions.queueing import dedup_key, queue, queue_code

__all__ = ["claim", "dedup_key", "deliver_due", "drain", "plan", "queue", "queue_code"]

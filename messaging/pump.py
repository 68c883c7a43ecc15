"""The pump: wakes when messages are queued, and every two seconds anyway; needs PostgreSQL and nothing else."""

import contextlib
import logging
import os
import random
import select
import signal
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from kit.faults import describe
from messaging import gateway, outbox
from messaging.actions.queueing import CHANNEL

TICK = 2.0
PLAN_EVERY = 30.0
LONGEST_REST = 15.0

logger = logging.getLogger(__name__)


class Pump:
    """Plans, delivers and waits, until SIGTERM or SIGINT. Then it ends the message in hand and gives back the rest."""

    def __init__(self) -> None:
        self.is_stopping = False
        self.plan_at = 0.0
        self.troubles = 0
        self.hear, self.tell = os.pipe()
        self.listening: object = None

    def stop(self, *_signal: object) -> None:
        self.is_stopping = True
        os.write(self.tell, b"!")

    def run(self) -> None:
        if not settings.MESSAGE_GATEWAY_URL:
            logger.warning("MESSAGE_GATEWAY_URL is not set: messages are planned and wait")
        with self.hearing_signals():
            while not self.is_stopping:
                try:
                    self.turn()
                except (OperationalError, InterfaceError) as error:
                    logger.warning("database lost", extra=describe(error))
                    self.recover()
                except Exception as error:  # noqa: BLE001 - a pump that dies of one fault sends nothing at all
                    logger.error("pump failed", extra=describe(error))  # noqa: TRY400 - codes only
                    self.recover()
        gateway.close()
        connection.close()

    def turn(self) -> None:
        """One round: listen first, so that nothing queued from here on goes unheard; then look; then wait."""
        self.listen()
        if time.monotonic() >= self.plan_at:
            outbox.plan(timezone.now())
            self.plan_at = time.monotonic() + PLAN_EVERY
        outcomes = outbox.deliver_due(timezone.now(), should_stop=lambda: self.is_stopping)
        if outcomes["unreachable"]:
            self.rest()
            return
        self.troubles = 0
        if not outcomes:
            self.wait(TICK)

    def listen(self) -> None:
        connection.ensure_connection()
        if self.listening is not connection.connection:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self.listening = connection.connection

    def wait(self, seconds: float) -> None:
        """Sleep until a ring, a signal or the tick, whichever comes first."""
        line = connection.connection
        with connection.wrap_database_errors:
            if not line.notifies:
                heard, _, _ = select.select([line, self.hear], [], [], seconds)
                if line in heard:
                    line.poll()
            line.notifies.clear()

    def recover(self) -> None:
        with contextlib.suppress(OperationalError, InterfaceError):
            connection.close()
        self.listening = None
        self.rest()

    def rest(self) -> None:
        """Longer after each trouble in a row, and shaken, so that all pumps do not return at once."""
        self.troubles += 1
        seconds = min(0.25 * 2**self.troubles, LONGEST_REST) * random.uniform(0.5, 1.0)  # noqa: S311
        select.select([self.hear], [], [], seconds)

    @contextlib.contextmanager
    def hearing_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self.hear)
            os.close(self.tell)

"""Many lives in one order of time, each moment with the clock set to it."""

import heapq
import time
from collections.abc import Callable, Generator, Iterable
from datetime import datetime, timedelta
from itertools import count

import time_machine
from django.utils import timezone

from messaging.quiet import EVENING, last_waking
from portal.sample.phones import Phones

Life = Generator[datetime, None, None]
SPEAKS_EVERY = 3  # seconds
A_DAY_AND_A_BIT = timedelta(days=1, seconds=30)


class Voice:
    """Says every few seconds how far it is. It looks at the clock that nobody sets."""

    def __init__(self, say: Callable[[str], None], *, how_far: Callable[[], str]) -> None:
        self.say, self.how_far = say, how_far
        self.said_at = time.monotonic()

    def now_and_then(self, moment: datetime) -> None:
        if time.monotonic() - self.said_at >= SPEAKS_EVERY:
            self.said_at = time.monotonic()
            self.say(f"  {self.how_far()}, {moment:%B %Y}")


def evening_before(now: datetime) -> datetime:
    """Until then clients live: whatever is told today is told before the eyes of whoever starts the portal.

    It is before the quiet hours, so that nothing is left to be told in the morning.
    """
    return datetime.combine(timezone.localdate(now), EVENING, tzinfo=timezone.get_default_timezone()) - A_DAY_AND_A_BIT


def travel(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def live(all_lives: Iterable[Life], *, until: datetime, voice: Voice, phones: Phones) -> None:
    """Run the generators in the order of the moments that they wait for; what lies ahead of `until` stays undone."""
    order = count()
    queue: list[tuple[datetime, int, Life]] = []
    for life in all_lives:
        if (first := next(life, None)) is not None:
            heapq.heappush(queue, (first, next(order), life))
    while queue:
        moment, _number, life = heapq.heappop(queue)
        if moment >= until:
            continue
        voice.now_and_then(moment)
        with travel(moment):
            phones.ring(moment)
            wanted = next(life, None)
        if wanted is not None:
            heapq.heappush(queue, (max(wanted, moment), next(order), life))
    # What was told by day was heard by day, also where the portal is started by night.
    phones.ring(last_waking(until))
    phones.ring(until)

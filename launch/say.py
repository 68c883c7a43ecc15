"""Plain words to the person at the keyboard."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 5  # seconds that somebody at the keyboard waits without a word


class Trouble(Exception):
    """What went wrong and what to do about it, ready to print."""


def say(text: str) -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def colour(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


@contextmanager
def timed(what: str, *, how_far: Callable[[], str] = lambda: "still working") -> Iterator[None]:
    """Say what begins, every few seconds how far it is, and how long it took when it is done."""
    say(f"{what} ...")
    begun = time.monotonic()
    done = threading.Event()

    def keep_saying() -> None:
        while not done.wait(PATIENCE):
            say(f"  {how_far()}, {time.monotonic() - begun:.0f} s")

    voice = threading.Thread(target=keep_saying, daemon=True)
    voice.start()
    try:
        yield
    finally:
        done.set()
        voice.join()
    say(f"  done in {time.monotonic() - begun:.1f} s")

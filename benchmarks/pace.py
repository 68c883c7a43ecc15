"""Whether the time of an answer tells that a CNIC is with us: known and unknown ones through the real views, in turns.

The ratio is that of the medians, known to unknown. Beside it stands the same without the pacing of `enterprises.pace`:
what would be told if nothing were done about it.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from django.test import Client

from benchmarks.tables import mark, table
from benchmarks.twins import scratch
from launch.say import say

MOST_APART = 0.05
TURNS, QUICK = 30, 4
WAYS = ("signing in: the CNIC", "signing in: a wrong code", "registering: the code", "registering: the confirmation")


def measure(*, is_quick=False):
    from tests.factories.accounts import colleague
    from tests.factories.enterprises import district

    turns = QUICK if is_quick else TURNS
    with scratch(), any_host():
        colleague("advisor", districts=[district("multan")])
        paced = one_run(turns)
        with unpaced():
            bare = one_run(turns)
    rows = [
        {
            "page": way,
            "n": turns,
            "known_ms": milliseconds(paced[way]["known"]),
            "unknown_ms": milliseconds(paced[way]["unknown"]),
            "ratio": ratio(paced[way]),
            "unpaced_ratio": ratio(bare[way]),
        }
        for way in WAYS
    ]
    show(rows)
    return rows


@contextmanager
def any_host() -> Iterator[None]:
    """As Django's own tests do: the client asks for a host of its own."""
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()
    try:
        yield
    finally:
        teardown_test_environment()


@contextmanager
def unpaced() -> Iterator[None]:
    from enterprises import pace

    usual, pace.SECONDS = pace.SECONDS, 0.0
    try:
        yield
    finally:
        pace.SECONDS = usual


def one_run(turns):
    """Seconds of each way, for those who are known and for those who are not; the first turn warms up."""
    seconds = {way: {"known": [], "unknown": []} for way in WAYS}
    for turn in range(-1, turns):
        for kind in ("known", "unknown") if turn % 2 else ("unknown", "known"):
            for way, took in zip(WAYS, (*sign_in(kind), *register(kind)), strict=True):
                if turn >= 0:
                    seconds[way][kind].append(took)
    return seconds


def sign_in(kind):
    cnic, client = number(kind), Client()
    asked = lasting(lambda: client.post("/sign-in/", {"cnic": cnic}))
    return asked, lasting(lambda: client.post("/sign-in/code/", {"code": "000000"}))


def register(kind):
    """A stranger's number against somebody's card, and the same with a card that nobody has."""
    from tests.enterprises.walk import PAGES, digits, send

    client, who = Client(), PAGES["who"] | {"cnic": number(kind)}
    send(client, PAGES | {"who": who, "reach": PAGES["reach"] | {"phone": phone()}})
    code = digits()
    entered = lasting(lambda: client.post("/register/code/", {"code": code}))
    return entered, lasting(lambda: client.get("/register/done/"))


def number(kind):
    """A CNIC that was never asked for before: of a person who is with us, or of nobody."""
    from tests.factories.enterprises import PersonFactory

    cnic = f"3{uuid.uuid4().int % 10**12:012d}"
    return PersonFactory(cnic=cnic).cnic if kind == "known" else cnic


def phone():
    return f"0301{uuid.uuid4().int % 10**7:07d}"


def lasting(ask):
    begun = time.perf_counter()
    ask()
    return time.perf_counter() - begun


def milliseconds(seconds):
    return round(1000 * median(seconds), 1)


def ratio(seconds):
    return round(median(seconds["known"]) / median(seconds["unknown"]), 3)


def show(rows):
    say("\nWhether an answer's time tells that a CNIC is with us: medians, and known to unknown")
    heads = ("page", "n", "known ms", "unknown ms", "ratio", "", "not paced")
    said = [
        (
            row["page"], row["n"], row["known_ms"], row["unknown_ms"], f"{row['ratio']:.3f}",
            mark(abs(row["ratio"] - 1), MOST_APART), f"{row['unpaced_ratio']:.3f}",
        )
        for row in rows
    ]  # fmt: skip
    say(table(heads, said))

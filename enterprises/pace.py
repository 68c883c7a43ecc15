"""Answers that take the same time whatever was found."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

# Well above what either way costs, well below what a person notices after pressing a button.
SECONDS = 0.3


@contextmanager
def even() -> Iterator[None]:
    """Make what stands inside take at least `SECONDS`: a known CNIC must not answer later, or sooner, than another."""
    ends_at = time.monotonic() + SECONDS
    try:
        yield
    finally:
        time.sleep(max(0.0, ends_at - time.monotonic()))

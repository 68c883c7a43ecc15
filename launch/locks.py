"""File locks. The kernel drops them when their holder dies, however it dies: nothing is ever stale."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(path: Path, *, shared: bool = False, wait: bool = True) -> int | None:
    """Lock `path` and return the descriptor that holds the lock, or None when somebody else has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if claim(descriptor, shared=shared, wait=wait):
        return descriptor
    os.close(descriptor)
    return None


def claim(descriptor: int, *, shared: bool = False, wait: bool = False) -> bool:
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held(path: Path) -> Iterator[None]:
    descriptor = take(path)
    try:
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds it right now. Looking takes the lock for a moment, so holders try twice."""
    descriptor = take(path, shared=True, wait=False)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def take_patiently(path: Path, *, seconds: float) -> int | None:
    """As `take` without waiting, but outlasting those who only look."""
    until = time.monotonic() + seconds
    while True:
        descriptor = take(path, wait=False)
        if descriptor is not None or time.monotonic() > until:
            return descriptor
        time.sleep(0.02)


def holders(path: Path) -> list[int]:
    """The processes that hold or await a lock on `path`, as the kernel lists them."""
    if not path.exists():
        return []
    inode = path.stat().st_ino
    found = set()
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.replace("-> ", "").split()
        if fields[1] == "FLOCK" and fields[5].rsplit(":", 1)[-1] == str(inode):
            found.add(int(fields[4]))
    return sorted(found)

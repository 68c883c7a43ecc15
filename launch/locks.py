"""File locks. The kernel drops them when their holder dies, however it dies: nothing is ever stale."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take(path: Path, *, shared: bool = False) -> int:
    """Wait for the lock on `path`; the descriptor that is returned holds it until it is closed."""
    descriptor = opened(path)
    fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    return descriptor


def try_to_take(path: Path, *, shared: bool = False) -> int | None:
    """The same without waiting: None when somebody else has it."""
    descriptor = opened(path)
    if claim(descriptor, shared=shared):
        return descriptor
    os.close(descriptor)
    return None


def claim(descriptor: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
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
    descriptor = try_to_take(path, shared=True)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def take_patiently(path: Path, *, seconds: float) -> int | None:
    """As `try_to_take`, but outlasting those who only look."""
    until = time.monotonic() + seconds
    while True:
        descriptor = try_to_take(path)
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

"""Ports: which are free, and who sits on one that is not."""

import errno
import socket
from contextlib import suppress
from pathlib import Path

from launch.say import Trouble, say

USUAL = 8000
SEARCHED = 100
HIGHEST = 65535
HOST = "127.0.0.1"
LISTENING = "0A"  # in /proc/net/tcp


def choose(wanted: str | None) -> int:
    """The port that the user named, which must be free; or the usual one, or the next that is free."""
    if not wanted:
        port = next((port for port in range(USUAL, USUAL + SEARCHED) if is_free(port)), None) or any_free()
        if port != USUAL:
            say(f"Port {USUAL} is taken by {holder(USUAL)}; using {port} instead.")
        return port
    if not wanted.isdecimal() or not 0 < int(wanted) <= HIGHEST:
        raise Trouble(f"PORT={wanted} is not a port. Take a number from 1024 to {HIGHEST}: make run PORT=8001")
    if not is_free(int(wanted)):
        raise Trouble(
            f"Port {wanted} is taken by {holder(int(wanted))}.\n"
            "Stop that, or take another port: make run PORT=8001. Without PORT, a free one is found."
        )
    return int(wanted)


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Trouble(f"Only root may use port {port}. Take one from 1024 up: make run PORT=8001") from error
            return False
    return True


def any_free() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def holder(port: int) -> str:
    """Name the process that listens on `port`, as far as this user may see."""
    inodes = listening(port)
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or somebody else's
            for descriptor in (process / "fd").iterdir():
                if str(descriptor.readlink()) in inodes:
                    words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    return f"process {process.name} ({words.strip()[:120]})"
    return "a process of another user"


def listening(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found

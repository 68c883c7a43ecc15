"""Asks ClamAV's daemon about a file, in its own protocol (INSTREAM). The only client library was last released in 2014.

`CLAMD_URL` names it: `unix:///run/clamav/clamd.ctl` or `tcp://scanner.example:3310`. Unset: nothing is scanned.
"""

import socket
import struct
from typing import NamedTuple
from urllib.parse import urlsplit

PIECE = 64 * 1024
LONGEST_ANSWER = 1024
PORT = 3310


class ScannerDown(Exception):
    """No verdict: it cannot be reached, is too slow, or answers something else."""


class Verdict(NamedTuple):
    is_clean: bool


def scan(content: bytes, *, url: str, seconds: float = 10) -> Verdict:
    """Ask the daemon at `url` whether the content is clean. Raises `ScannerDown` when it gives no verdict."""
    try:
        with connected(url, seconds=seconds) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = read_answer(line)
    except (OSError, ValueError) as error:
        raise ScannerDown(type(error).__name__) from error
    if answer == b"stream: OK":
        return Verdict(is_clean=True)
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return Verdict(is_clean=False)
    raise ScannerDown("no verdict")


def connected(url: str, *, seconds: float) -> socket.socket:
    """A connection to the daemon. Raises `OSError`, or `ValueError` for an address that is none."""
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or PORT), timeout=seconds)
    if parts.scheme == "unix" and parts.path:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line
    raise ValueError("CLAMD_URL begins with unix:// or tcp://")


def read_answer(line: socket.socket) -> bytes:
    """What the daemon says, up to its closing zero."""
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        if not (piece := line.recv(LONGEST_ANSWER)):
            break
        answer += piece
    return answer.partition(b"\0")[0].strip()

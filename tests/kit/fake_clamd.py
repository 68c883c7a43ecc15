"""A daemon that speaks clamd's INSTREAM as the real one does, and finds EICAR's test file anywhere in what it gets."""

import socket
import struct
import zlib
from contextlib import contextmanager, suppress
from threading import Thread

from tests.kit.papers import EICAR


def received(line, length):
    got = b""
    while len(got) < length:
        if not (piece := line.recv(length - len(got))):
            raise ConnectionError
        got += piece
    return got


def answer(line, *, most):
    """One conversation: the command, pieces with their length before them, a length of zero, the verdict."""
    if received(line, len(b"zINSTREAM\0")) != b"zINSTREAM\0":
        line.sendall(b"UNKNOWN COMMAND\0")
        return
    content = b""
    while length := struct.unpack("!I", received(line, 4))[0]:
        content += received(line, length)
        if len(content) > most:
            line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            return
    line.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in unpacked(content) else b"stream: OK\0")


def unpacked(content):
    """The content, and what is packed in it: as the real one, this looks into a PDF's streams."""
    found = content
    for packed in content.split(b"stream\n")[1:]:
        with suppress(zlib.error):
            found += zlib.decompressobj().decompress(packed)
    return found


def hangs_up(line):
    pass


def talks_nonsense(line):
    line.sendall(b"HTTP/1.1 400 Bad Request" + b"x" * 2000)


@contextmanager
def clamd(*, path=None, most=25 * 1024 * 1024, behaves=None):
    """The daemon on a socket file or a port of its own, as a `CLAMD_URL`."""
    family, address = (socket.AF_UNIX, str(path)) if path else (socket.AF_INET, ("127.0.0.1", 0))
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.bind(address)
        door.listen()
        url = f"unix://{path}" if path else f"tcp://127.0.0.1:{door.getsockname()[1]}"

        def serve():
            while True:
                try:
                    line, _from = door.accept()
                except OSError:
                    return
                with line, suppress(OSError):
                    behaves(line) if behaves else answer(line, most=most)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield url
        finally:
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            thread.join(5)

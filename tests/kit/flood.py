"""A real web server of our own, and somebody who pours a file into it: what that costs in memory and on disk."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from launch.folders import ROOT

MB = 1024 * 1024
BOUNDARY = b"flood"
TOKEN = b"a" * 32
FIELDS = (
    b'--flood\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + TOKEN + b"\r\n"
    b'--flood\r\nContent-Disposition: form-data; name="language"\r\n\r\nur\r\n'
    b'--flood\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n'
    b"Content-Type: image/jpeg\r\n\r\n"
)
END = b"\r\n--flood--\r\n"


@dataclass(frozen=True)
class Cost:
    """What the server answered, and how much its memory and its folder of temporary files grew at most."""

    status: int | None
    sent_mb: int
    memory_mb: float
    disk_mb: float


@contextmanager
def server(folder: Path, *, settings="portal.settings"):
    """gunicorn with one worker on a socket file; yields (socket, the worker's process id, its temporary folder)."""
    temporary = folder / "temporary"
    temporary.mkdir()
    door = folder / "s"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": settings,
        "TMPDIR": str(temporary),
        "INSECURE_HTTP": "1",
        "ALLOWED_HOSTS": "localhost",
        "PYTHONPATH": str(ROOT),
    }
    words = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"unix:{door}", "--workers", "1"]
    words += ["--worker-class", "gthread", "--threads", "4", "--timeout", "120", "--no-control-socket"]
    process = subprocess.Popen(  # noqa: S603 - our own words
        words, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield door, worker_of(process.pid, door), temporary
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def worker_of(pid, door):
    """The worker's id, once it answers."""
    for _try in range(300):
        with suppress(OSError), connected(door) as line:
            line.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if line.recv(12).endswith(b"200"):
                return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
        time.sleep(0.1)
    raise TimeoutError


def connected(door):
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(60)
    try:
        line.connect(str(door))
    except OSError:
        line.close()
        raise
    return line


def memory_of(pid):
    """Resident memory in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB


def disk_of(pid, folder):
    """MB in the folder, and in files of the process there that have no name any more."""
    found = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            if " (deleted)" in str(descriptor.readlink()):
                found += descriptor.stat().st_size
    return found / MB


def pour(door, pid, folder, *, megabytes, says_length=True):
    """Send a form with a file of so many MB, as fast as it is taken, and look at the server between two pieces."""
    piece = b"x" * MB
    length = len(FIELDS) + megabytes * MB + len(END)
    head = (
        b"POST /i18n/setlang/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: csrftoken=" + TOKEN + b"\r\n"
        b"Content-Type: multipart/form-data; boundary=" + BOUNDARY + b"\r\n"
    )
    head += f"Content-Length: {length}\r\n\r\n".encode() if says_length else b"Transfer-Encoding: chunked\r\n\r\n"
    before = memory_of(pid)
    memory = disk = 0.0
    sent, status = 0, None

    def frame(content):
        return content if says_length else f"{len(content):x}\r\n".encode() + content + b"\r\n"

    with connected(door) as line:
        with suppress(OSError):
            line.sendall(head + frame(FIELDS))
            for _piece in range(megabytes):
                line.sendall(frame(piece))
                sent += 1
                memory, disk = max(memory, memory_of(pid) - before), max(disk, disk_of(pid, folder))
            line.sendall(frame(END) + (b"" if says_length else b"0\r\n\r\n"))
        with suppress(OSError):
            answer = line.recv(64).split(b" ")
            status = int(answer[1]) if len(answer) > 1 else None
    memory, disk = max(memory, memory_of(pid) - before), max(disk, disk_of(pid, folder))
    return Cost(status, sent, memory, disk)

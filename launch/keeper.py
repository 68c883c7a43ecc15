"""The keeper: one detached process for each data folder that owns PostgreSQL and Valkey.

Everybody who needs them holds a shared lock on one file. The keeper starts both, starts again whichever dies, and when
it gets that lock for itself alone, nobody is left: it stops both and goes. Should the keeper be killed, the kernel
stops both (see tether), and the next starter begins anew.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from launch import folders, locks, postgres, valkey
from launch.folders import Home
from launch.say import Trouble, say
from launch.service import Service

LOOK_EVERY = 0.2
# A service that dies this often within the time is not started again.
TOO_OFTEN, WITHIN = 20, 60


def main(ready: int) -> int:
    """Become the keeper, report "ready" or the trouble through the pipe `ready`, and keep until nobody needs it."""
    if os.fork():
        return 0
    os.setsid()
    os.umask(0o022)
    home = folders.home()
    detach(home.keeper_log)
    lock = locks.take_patiently(home.keeper_lock, seconds=1)
    if lock is None:
        answer(ready, "Another keeper holds this data folder.")
        return 1
    try:
        keep(home, ready)
    except Trouble as trouble:
        say(str(trouble))
        answer(ready, str(trouble))
        return 1
    return 0


def detach(log: Path) -> None:
    """Leave the terminal and the checkout's folder; say everything to the log."""
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for target, source in ((0, nothing), (1, written), (2, written)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(written)


def answer(ready: int, text: str) -> None:
    """Tell the starter, who may be dead already or have heard "ready" before."""
    with suppress(OSError):
        os.write(ready, text.encode())
        os.close(ready)


def keep(home: Home, ready: int) -> None:
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: told.append(number))
    users = locks.opened(home.users_lock)
    folders.make_socket_folder(home)
    services = [postgres.service(home), valkey.service(home)]
    try:
        for service in services:
            service.start()
            say(f"{service.name} runs.")
        postgres.make_database(home)
        announce(home)
        answer(ready, "ready")
        watch(home, services, gone=lambda: bool(told) or locks.claim(users))
    finally:
        home.ready_file.unlink(missing_ok=True)
        stop(services)


def announce(home: Home) -> None:
    """Write the ready file whole or not at all."""
    aside = home.ready_file.with_suffix(".new")
    aside.write_text(f"{os.getpid()}\n")
    aside.rename(home.ready_file)


def watch(home: Home, services: list[Service], gone: Callable[[], bool]) -> None:
    """Look after the services until `gone()` says that nobody needs them."""
    deaths: list[float] = []
    while not gone():
        for service in services:
            if service.has_died():
                home.ready_file.unlink(missing_ok=True)
                deaths = [at for at in deaths if at > time.monotonic() - WITHIN] + [time.monotonic()]
                if len(deaths) > TOO_OFTEN:
                    raise Trouble(f"{service.name} dies again and again; see {service.log}.")
                say(f"{service.name} died and is started again.")
                service.start()
                announce(home)
        time.sleep(LOOK_EVERY)


def stop(services: list[Service]) -> None:
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.stop()
        say(f"{service.name} has stopped.")
    sys.stdout.flush()

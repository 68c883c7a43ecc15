"""Starting processes that cannot outlive their parent, and ending them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Process = subprocess.Popen[Any]
TETHER = Path(__file__).with_name("tether.py")


def spawn(command: Iterable[object], *, dies_by: signal.Signals, user: str = "-", **options: Any) -> Process:
    """Start `command` as a child that gets the signal `dies_by` should this process vanish.

    Call it from the main thread only: the kernel watches the thread that forked.
    """
    words = [str(word) for word in command]
    tethered = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), dies_by.name, user, *words]
    return subprocess.Popen(tethered, **options)


def wait_for(process: Process, seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def working_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder`: PostgreSQL and Valkey move into their data."""
    wanted = str(folder.resolve())
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if str((entry / "cwd").readlink()).removesuffix(" (deleted)") == wanted:
                    found.append(int(entry.name))
            except OSError:  # gone meanwhile, or not ours
                continue
    return found


def see_off(folder: Path, *, politely: float) -> None:
    """Wait until nobody works in `folder` any more; after `politely` seconds stop asking."""
    urging = ((politely, signal.SIGQUIT), (5, signal.SIGKILL), (5, signal.SIGKILL))
    for seconds, harder in urging:
        until = time.monotonic() + seconds
        while working_in(folder):
            if time.monotonic() > until:
                send(working_in(folder), harder)
                break
            time.sleep(0.05)
        else:
            return


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def tail(path: Path, lines: int = 15) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""

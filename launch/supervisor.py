"""A small supervisor: starts children, prints their lines, starts again what dies, and leaves nothing behind.

Each child leads a process group of its own, so that Ctrl-C reaches only us and we stop them in order; and each dies
with us (see tether), whatever kills us.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launch import processes
from launch.say import Trouble, colour, say

LOOK_EVERY = 0.2
GRACE = 10  # seconds between asking to stop and killing
QUICK = 30  # a child that dies sooner than this after its start died quickly
TRIES = 5
LONGEST_DELAY = 8
KEPT_LINES = 15
COLOURS = ("36", "32", "33", "35", "34", "31")


def brief(line: str) -> str:
    """A log line in short, where something broke; empty where all is well. What is no log line stays as it is."""
    if not line.startswith("{"):
        return line
    try:
        said = json.loads(line)
    except ValueError:
        return line
    is_broken = said.get("level") in {"error", "critical"}
    return f"{said['level']}: {said.get('message', '')}" if is_broken else ""


@dataclass
class Child:
    """One long-running program and what we know of it; it starts when `when()` says so."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    when: Callable[[], bool] = lambda: True
    process: processes.Process | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)
    quick_deaths: int = field(default=0, init=False)
    last_lines: deque = field(default_factory=lambda: deque(maxlen=KEPT_LINES), init=False)
    unfinished: bytes = field(default=b"", init=False)

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal_group(self, number: signal.Signals) -> None:
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    """Runs children until a signal comes or one of them cannot be kept alive."""

    def __init__(self, folder: Path, *, log: Path | None = None) -> None:
        self.folder = folder
        self.log = log.open("w") if log else None
        self.children: list[Child] = []
        self.signals: list[int] = []
        self.lines = selectors.DefaultSelector()
        self.whole_stop_by: float | None = None

    def listen(self) -> None:
        """From now on Ctrl-C and its sisters are noted, and acted upon between two steps."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _frame: self.signals.append(number))

    def step(self, command: Sequence[object], environment: dict[str, str]) -> bool:
        """Run a command that ends by itself; False when it was cut short by a signal."""
        process = processes.spawn(
            command, dies_by=signal.SIGKILL, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL
        )
        while not processes.wait_for(process, 0.05):
            if self.signals and process.poll() is None:
                process.terminate()
                if not processes.wait_for(process, GRACE):
                    process.kill()
        if self.signals:
            return False
        if process.returncode:
            words = " ".join(Path(str(word)).name for word in command)
            raise Trouble(f"`{words}` failed (exit {process.returncode}); the lines above say why.")
        return True

    def add(self, name: str, command: Sequence[object], environment: dict[str, str], **options: Any) -> None:
        words = [str(word) for word in command]
        self.children.append(Child(name=name, command=words, environment=environment, **options))

    def run(self, *, stops: Callable[[], bool]) -> None:
        """Keep all children running until a signal comes or `stops()`; then end them."""
        try:
            while not self.signals and not stops():
                for child in self.children:
                    self.look_after(child)
                self.print_lines(LOOK_EVERY)
        finally:
            self.stop()

    def look_after(self, child: Child) -> None:
        if child.is_alive:
            return
        now = time.monotonic()
        if child.process:
            self.note_death(child, child.process, now)
        if now >= child.start_at and child.when():
            self.start(child, now)

    def note_death(self, child: Child, process: processes.Process, now: float) -> None:
        """Sweep what it left behind, and decide when to start it again."""
        code = process.returncode
        child.signal_group(signal.SIGKILL)
        self.print_lines(0)
        self.forget_output(process)
        child.process = None
        child.quick_deaths = child.quick_deaths + 1 if now - child.started_at < QUICK else 1
        if child.quick_deaths >= TRIES:
            said = "\n".join(f"  {line}" for line in child.last_lines)
            raise Trouble(
                f"{child.name} died {TRIES} times soon after its start (last exit {code}), so everything stops.\n"
                f"Its last words:\n{said}\nIts command, to try alone: {' '.join(child.command)}"
            )
        delay = min(0.5 * 2 ** (child.quick_deaths - 1), LONGEST_DELAY)
        child.start_at = now + delay
        self.print_line(child, f"ended (exit {code}); starting it again in {delay:g} s")

    def start(self, child: Child, now: float) -> None:
        process = processes.spawn(
            child.command,
            dies_by=signal.SIGKILL,
            cwd=self.folder,
            env=child.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        child.process, child.started_at = process, now
        if process.stdout:
            os.set_blocking(process.stdout.fileno(), False)
            self.lines.register(process.stdout, selectors.EVENT_READ, child)

    def forget_output(self, process: processes.Process) -> None:
        if process.stdout:
            with suppress(KeyError, ValueError):  # it has closed its end already
                self.lines.unregister(process.stdout)
            process.stdout.close()

    def print_lines(self, seconds: float) -> None:
        """Pass on what the children have said; wait for it at most so long."""
        if not self.lines.get_map():
            time.sleep(seconds)
            return
        for key, _events in self.lines.select(seconds):
            child = key.data
            said = os.read(key.fd, 65536)
            if not said:
                self.lines.unregister(key.fileobj)
                continue
            *whole, child.unfinished = (child.unfinished + said).split(b"\n")
            for line in whole:
                self.print_line(child, line.decode(errors="replace"))

    def print_line(self, child: Child, line: str) -> None:
        """Keep the line in the file; show it, unless it is a log line that needs nobody at the keyboard."""
        child.last_lines.append(line)
        if self.log:
            print(f"{child.name} | {line}", file=self.log, flush=True)
            line = brief(line)
        if not line:
            return
        width = max(len(other.name) for other in self.children)
        prefix = colour(f"{child.name:<{width}} |", COLOURS[self.children.index(child) % len(COLOURS)])
        with suppress(OSError):  # the terminal is gone, and a hang-up is on its way
            print(f"{prefix} {line}", flush=True)

    def stop(self) -> None:
        """Ask all to stop at once; after the grace, or at a second signal, kill the groups."""
        heard = len(self.signals)
        running = [child.process for child in self.children if child.process and child.is_alive]
        if running:
            with suppress(OSError):
                say("Stopping ... (Ctrl-C again does not wait for what is being done)")
        for process in running:
            process.terminate()
        until = time.monotonic() + GRACE
        while any(child.is_alive for child in self.children):
            if time.monotonic() > until or len(self.signals) > heard:
                for child in self.children:
                    child.signal_group(signal.SIGKILL)
            self.print_lines(0.05)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process:
                child.process.wait()
                self.forget_output(child.process)
        if self.log:
            self.log.close()
        with suppress(OSError):
            say("Everything has stopped.")
            sys.stdout.flush()

"""One server that the keeper looks after."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from launch import processes
from launch.say import Trouble

LARGEST_LOG = 5_000_000


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@dataclass
class Service:
    """How to start, greet and stop a server; `folder` is its data and its working directory."""

    name: str
    command: list[str]
    folder: Path
    log: Path
    stop_signal: signal.Signals
    answers: Callable[[int], bool]
    environment: dict[str, str]
    user: str = "-"
    before_start: Callable[[], None] = lambda: None
    process: processes.Process | None = field(default=None, init=False)

    def start(self, *, seconds: float = 60) -> None:
        """Start it and wait until it answers; a predecessor that is still shutting down is waited for."""
        processes.see_off(self.folder, politely=30)
        self.before_start()
        with self.log.open("ab" if size_of(self.log) < LARGEST_LOG else "wb") as log:
            self.process = processes.spawn(
                self.command,
                dies_by=self.stop_signal,
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self.environment,
                process_group=0,
            )
        until = time.monotonic() + seconds
        while not self.answers(self.process.pid):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise Trouble(f"{self.name} did not start. Its log, {self.log}, ends with:\n{processes.tail(self.log)}")
            time.sleep(0.02)

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop it, and be sure that nothing of it is left."""
        self.ask_to_stop()
        if self.process and not processes.wait_for(self.process, 30):
            self.process.kill()
            self.process.wait()
        processes.see_off(self.folder, politely=5)

"""Static files are collected when one has changed, not at every start."""

import hashlib
from collections.abc import Callable

from launch import locks
from launch.folders import MANAGE, ROOT, Home
from launch.say import say

COMMAND = [*MANAGE, "collectstatic", "--noinput", "--verbosity", "0"]
COLLECTED = ROOT / "staticfiles"


def fingerprint() -> str:
    """Our own files by name, size and time; those of packages by the versions that are asked for."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("static/**/*")):
        seen = path.stat()
        digest.update(f"{path} {seen.st_size} {seen.st_mtime_ns}".encode())
    return digest.hexdigest()


def collect(home: Home, run: Callable[[list[str]], bool]) -> bool:
    """Collect with `run` if need be, one at a time; False when that failed."""
    with locks.held(home.data / "static-files.lock"):
        stamp = home.data / "static-files"
        if COLLECTED.exists() and stamp.exists() and stamp.read_text() == fingerprint():
            return True
        say("Collecting static files ...")
        done = run(COMMAND)
        if done:
            stamp.write_text(fingerprint())
        return done

"""Static files are collected when one has changed, not at every start."""

import hashlib
from pathlib import Path

from launch.folders import MANAGE, ROOT, Home

COMMAND = [*MANAGE, "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
COLLECTED = ROOT / "staticfiles"


def fingerprint() -> str:
    """Our own files by name, size and time; those of packages by the versions that are asked for."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("static/**/*")):
        seen = path.stat()
        digest.update(f"{path} {seen.st_size} {seen.st_mtime_ns}".encode())
    return digest.hexdigest()


def stamp(home: Home) -> Path:
    return home.data / "static-files"


def are_stale(home: Home) -> bool:
    file = stamp(home)
    return not COLLECTED.exists() or not file.exists() or file.read_text() != fingerprint()


def remember(home: Home) -> bool:
    stamp(home).write_text(fingerprint())
    return True

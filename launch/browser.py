"""A Chromium for the browser tests: the machine's own, or Debian's where we may install it."""

import os
import shutil
import subprocess
from pathlib import Path

from launch.say import Trouble, say, timed

# The shell is the same Chromium without windows: a page, and a browser that was never there, cost it less than half.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "install Chromium (Debian: apt-get install chromium) or name one: CHROMIUM=/path/to/chrome make test"


def find() -> str | None:
    """A browser that runs: on some machines `chromium-browser` only says where to get one."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not runs(chosen):
            raise Trouble(f"CHROMIUM={chosen} does not run. Unset it, or name a browser that does.")
        return chosen
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and runs(path)), None)


def runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find_or_install() -> str | None:
    found = find()
    if not found and may_install():
        with timed("Installing Debian's Chromium for the browser tests"):
            _ = install(SHELL) or install("chromium")  # older systems have no shell apart
        found = find()
    return found


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def install(*packages: str) -> bool:
    """Quietly; what goes wrong is said in its last line."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        said = subprocess.run(["apt-get", "-q", *command], capture_output=True, text=True, env=quiet, check=False)
        if said.returncode:
            lines = said.stderr.strip().splitlines() or ["no reason given"]
            say(f"  apt-get {command[0]} failed: {lines[-1]}")
            return False
    return True


def is_required() -> bool:
    """In CI a skipped browser test would be a test that nobody runs."""
    return os.environ.get("CI") == "true" or os.environ.get("PORTAL_REQUIRE_BROWSER") == "1"

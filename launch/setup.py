"""Makes `.venv`: uv when pip can fetch it, plain pip when not. Milliseconds when nothing has changed."""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from launch import locks
from launch.folders import PYTHON, ROOT, VENV
from launch.say import Trouble, say, timed

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
UV = "uv==0.13.9"
STAMP = VENV / ".ready"
NEEDS = """{what}
Install Python's parts that come in packages of their own, then run this again:
  Debian, Ubuntu: apt-get install python3-venv python3-pip
  Fedora, RHEL:   dnf install python3-pip"""


def ready() -> None:
    """Set everything up that is not yet."""
    if STAMP.exists() and STAMP.read_text() == fingerprint() and PYTHON.exists():
        compile_catalogues()
        return
    (ROOT / ".local").mkdir(mode=0o700, exist_ok=True)
    with locks.held(ROOT / ".local" / "setup.lock"):
        if not (STAMP.exists() and STAMP.read_text() == fingerprint() and PYTHON.exists()):
            set_up()
    compile_catalogues()


def fingerprint() -> str:
    """Everything that makes an environment another one, its place included: its scripts name it."""
    digest = hashlib.sha256()
    for name in REQUIREMENTS:
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{ROOT} {sys.version_info[:2]} {UV}".encode())
    return digest.hexdigest()


def set_up() -> None:
    require_own(VENV)
    STAMP.unlink(missing_ok=True)
    if not works():
        with timed(f"Making a Python environment in {VENV.name}"):
            make_environment()
    with timed("Installing packages (a minute or so when they are fetched for the first time)"):
        install()
    STAMP.write_text(fingerprint())


def require_own(folder: Path) -> None:
    if folder.exists() and not os.access(folder, os.W_OK):
        raise Trouble(f"{folder} belongs to {folder.owner()}. Run as that user, or remove it and run this again.")


def works() -> bool:
    """Whether `.venv` holds a live Python of this version, and was made here: its scripts name the place."""
    with suppress(OSError, subprocess.SubprocessError):
        code = "import sys; print(sys.version_info[:2], sys.prefix)"
        said = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout
        return said.strip() == f"{sys.version_info[:2]} {VENV}" and f" {VENV}\n" in (VENV / "pyvenv.cfg").read_text()
    return False


def base_python() -> str:
    """The Python outside of any environment: one that is about to be replaced cannot build its successor."""
    return getattr(sys, "_base_executable", sys.executable)


def make_environment() -> None:
    """Without pip inside, which works where ensurepip is a package of its own."""
    shutil.rmtree(VENV, ignore_errors=True)
    said = run([base_python(), "-m", "venv", "--without-pip", VENV])
    if said.returncode:
        raise Trouble(NEEDS.format(what=f"Python could not make {VENV}:\n{said.stdout.strip()}"))


def install() -> None:
    """By uv, else by pip from outside the environment."""
    if run([base_python(), "-m", "pip", "--version"]).returncode:
        uv = shutil.which("uv")
        if not uv:
            raise Trouble(NEEDS.format(what=f"{base_python()} has no pip."))
    else:
        uv = fetch_uv()
    if uv:
        command = [uv, "pip", "install", "--exact", "--python", PYTHON, "-r", REQUIREMENTS[1]]
        said = run(command, env=os.environ | mirrors())
        if not said.returncode:
            return
        say("  uv could not install the packages; trying pip, which takes longer.")
    said = run([base_python(), "-m", "pip", "--python", PYTHON, "install", "--quiet", "-r", REQUIREMENTS[1]])
    if said.returncode:
        raise Trouble(
            f"The packages could not be installed:\n{said.stdout.strip()}\n"
            "Is this machine on the network? Behind a mirror: pip config set global.index-url https://..."
        )


def fetch_uv() -> str | None:
    """Into a folder of its own: allowed where the machine's Python is externally managed."""
    folder = VENV / ".uv"
    binary = folder / "bin" / "uv"
    if not binary.exists():
        pip = [base_python(), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        run([*pip, "--target", folder, UV])
    return str(binary) if binary.exists() else shutil.which("uv")


def mirrors() -> dict[str, str]:
    """Where pip is told to look for packages, in uv's words: uv does not read pip's configuration."""
    said = run([base_python(), "-m", "pip", "config", "list"]).stdout
    told = {}
    for line in said.splitlines():
        name, _, value = line.partition("=")
        told[name.split(".", 1)[-1].lower()] = value.strip("'\"")
    found = {}
    if "index-url" in told:
        found["UV_DEFAULT_INDEX"] = told["index-url"]
    if "extra-index-url" in told:
        found |= {"UV_INDEX": told["extra-index-url"], "UV_INDEX_STRATEGY": "unsafe-best-match"}
    if "cert" in told:
        found["SSL_CERT_FILE"] = told["cert"]
    return {name: value for name, value in found.items() if name not in os.environ}


def run(command: list[Any], **options: Any) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options
    )


def compile_catalogues() -> None:
    """A bare machine has no gettext: Babel compiles what is newer than its compiled form."""
    stale = [po for po in ROOT.glob("locale/*/LC_MESSAGES/*.po") if is_stale(po)]
    if stale:
        said = run([PYTHON, "-m", "launch", "catalogues", *stale])
        if said.returncode:
            raise Trouble(f"The translations could not be compiled:\n{said.stdout.strip()}")


def is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime

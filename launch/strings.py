"""Whether every sentence that the code marks for translation is in the catalogues. Needs gettext to extract them."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from launch import budget
from launch.folders import MANAGE, PYTHON, ROOT

TOOLS = ("xgettext", "msgmerge", "msguniq", "msgattrib")
EXTRACTED = ("*.py", "*.html", "*.txt", "*.po")


def can_extract() -> bool:
    return all(shutil.which(name) for name in TOOLS)


def missing(environment: dict[str, str]) -> str | None:
    """Extract in a copy of the tree, so that the check changes nothing, and compare with what is kept."""
    if not can_extract():
        return "gettext is not installed (apt-get install gettext)"
    kept = budget.files(ROOT, "locale/*.po")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for pattern in EXTRACTED:
            for name in budget.files(ROOT, pattern):
                if not name.startswith(("tests/", "benchmarks/", "launch/")):
                    (copy / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(ROOT / name, copy / name)
        (copy / "locale").mkdir(exist_ok=True)
        (copy / "static").mkdir(exist_ok=True)
        languages = [word for name in kept for word in ("--locale", name.split("/")[1])] or ["--locale", "ur"]
        said = subprocess.run(
            [*MANAGE, "makemessages", "--no-obsolete", "--no-location", *languages],
            cwd=copy,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if said.returncode:
            return said.stdout
        words = [str(PYTHON), "-m", "launch", "compare-catalogues", folder, *kept]
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout or None


def compare(fresh_root: Path, kept: list[str]) -> list[str]:
    """What stands in the freshly extracted catalogues and not, translated, in those that are kept."""
    from babel.messages.pofile import read_po

    lacking = []
    for name in kept:
        with (ROOT / name).open("rb") as ours, (fresh_root / name).open("rb") as fresh:
            have = {(message.context, message.id) for message in read_po(ours) if message.string and not message.fuzzy}
            lacking += [f"{name} lacks: {message.id!r}" for message in read_po(fresh) if is_new(message, have)]
    return lacking


def is_new(message: Any, have: set) -> bool:
    return bool(message.id) and (message.context, message.id) not in have

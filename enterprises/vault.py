"""Where the files of papers lie: below `MEDIA_ROOT`, which no web server shows, by random names that say nothing."""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

FOLDER = "papers"
NAME = re.compile(r"[0-9a-f]{40}")
# Beside the paper itself: what is read on a screen, and what stands in a list.
WHOLE, LARGE, SMALL = "", "-large", "-small"
PARTS = (WHOLE, LARGE, SMALL)


class LostFile(OSError):
    """The paper's row is there, and its file is not."""


def root() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER


def path_of(name: str, part: str = WHOLE) -> Path:
    if not NAME.fullmatch(name) or part not in PARTS:
        raise ValueError("no name of a paper")
    return root() / name[:2] / f"{name}{part}"


def write(name: str, content: bytes, part: str = WHOLE) -> None:
    """Write a file that only we can read; whoever looks sees the whole of it or none."""
    final = path_of(name, part)
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = final.with_name(f".{uuid.uuid4().hex}.part")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(final)


def read(name: str, part: str = WHOLE) -> bytes:
    try:
        return path_of(name, part).read_bytes()
    except FileNotFoundError as error:
        raise LostFile(name[:6]) from error


def erase(name: str) -> None:
    for part in PARTS:
        path_of(name, part).unlink(missing_ok=True)


def leftovers(*, before: float) -> Iterator[tuple[str, Path]]:
    """(name, file) of what was last written before that second of the epoch; the name is "" for a half-written file."""
    for file in root().glob("??/*"):
        with suppress(FileNotFoundError):  # erased, or finished under its own name, since the folder was read
            if file.stat().st_mtime < before:
                found = NAME.match(file.name)
                yield (found.group() if found else ""), file

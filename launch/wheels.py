"""Where an installed package lies, without importing it."""

import importlib.util
from pathlib import Path


def folder_of(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None

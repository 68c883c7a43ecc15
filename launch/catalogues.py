"""Compiles message catalogues with Babel, in the portal's own environment."""

import tempfile
from pathlib import Path


def compile_all(files: list[str]) -> None:
    """Write each .mo aside and rename it: a running server never reads half of one."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for name in files:
        po = Path(name)
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
        with tempfile.NamedTemporaryFile(dir=po.parent, delete=False) as written:
            write_mo(written, catalogue)
        aside = Path(written.name)
        aside.chmod(0o644)
        aside.rename(po.with_suffix(".mo"))

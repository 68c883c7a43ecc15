"""Papers as PDF, set by typst: it comes from pip alone and shapes Urdu correctly.

A paper's template is a `.typ` file among the other templates. People's text reaches it as data and is never read as
markup: `#let content = json(bytes(sys.inputs.content))`. What papers share (fonts, colours, the ralli quilt) is in
`kit/typst/ralli.typ`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.conf import settings

from kit.text import clean

# Noto Naskh Arabic for Urdu; the Latin letters come with typst. Fonts of the machine are left alone, so that a paper
# looks the same wherever it is made.
FONTS = Path(__file__).with_name("fonts")
Form = Literal["pdf", "svg", "png"]


@cache
def fonts() -> typst.Fonts:
    """The fonts, read once a process: with them in hand a page takes some 30 ms."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def render(template: str, content: Mapping[str, Any], *, at: datetime, form: Form = "pdf", ppi: float = 144.0) -> bytes:
    """Set `templates/<template>` with `content` and return the PDF, or its one page as a picture.

    `ppi` is for PNG: how many of its dots stand for 72 points of the page.

    The same content and `at` give the same bytes. Raises `typst.TypstError` when the template itself is wrong.
    """
    return typst.compile(
        settings.BASE_DIR / "templates" / template,
        root=settings.BASE_DIR,
        font_paths=fonts(),
        ignore_system_fonts=True,
        format=form,
        ppi=ppi,
        sys_inputs={"content": json.dumps(readable(content))},
        timestamp=int(at.timestamp()),
    )


def readable(content: Any) -> Any:
    """The content with every text cleaned: nothing in it breaks the paper or turns the line round."""
    if isinstance(content, str):
        return clean(content, multiline=True)
    if isinstance(content, Mapping):
        return {name: readable(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [readable(value) for value in content]
    return content

"""For what else an identity card must be seen. Services stand on a higher floor; `portal/wiring.py` hands theirs in."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

Panel = Callable[[HttpRequest], tuple[str, dict[str, Any]] | None]

_panels: list[Panel] = []


def install(panels: Iterable[Panel]) -> None:
    """Take over what the list of cards to see shows besides those of people who registered twice."""
    _panels[:] = panels


def shown_for(request: HttpRequest) -> list[dict[str, Any]]:
    """What has something to say: {template, context} each."""
    found = filter(None, (panel(request) for panel in _panels))
    return [{"template": template, "context": context} for template, context in found]

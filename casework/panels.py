"""What the services show beside a case. They stand on a higher floor, so `portal/wiring.py` hands their panels in.

A panel is a function of the request and the case that returns a template's name and its context, or None when it has
nothing to show. Its queries must not grow with the case.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from casework.models import Case

Panel = Callable[[HttpRequest, Case], tuple[str, dict[str, Any]] | None]

_panels: list[Panel] = []


def install(panels: Iterable[Panel]) -> None:
    """Take over the panels in the order in which the page shows them."""
    _panels[:] = panels


def shown_for(request: HttpRequest, case: Case) -> list[dict[str, Any]]:
    """The panels that have something to say: {template, context} each."""
    found = (panel(request, case) for panel in _panels)
    return [{"template": template, "context": context} for template, context in filter(None, found)]

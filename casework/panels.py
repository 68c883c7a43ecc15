"""What the services show beside a case. They stand on a higher floor, so `portal/wiring.py` hands their panels in.

A panel is a function of the request and the case that returns a template's name and its context, or None when it has
nothing to show. Its queries must not grow with the case. With `is_urgent` in its context it stands above the next step.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from casework.models import Case

Panel = Callable[[HttpRequest, Case], tuple[str, dict[str, Any]] | None]

# In a panel's context: see `asks_reason`.
REASON = "is_reason_asked"
_panels: list[Panel] = []
_referring: list[Panel] = []


def install(panels: Iterable[Panel], *, referring: Iterable[Panel] = ()) -> None:
    """Take over the panels in the order in which the page shows them, and those of the form that refers."""
    _panels[:] = panels
    _referring[:] = referring


def shown_for(request: HttpRequest, case: Case, *, is_referring: bool = False) -> list[dict[str, Any]]:
    """The panels that have something to say: {template, context} each."""
    found = (panel(request, case) for panel in (_referring if is_referring else _panels))
    return [{"template": template, "context": context} for template, context in filter(None, found)]


def asks_reason(shown: Iterable[dict[str, Any]]) -> bool:
    """Whether one of these panels says that the lender would refuse: then whoever refers writes why all the same."""
    return any(panel["context"].get(REASON) for panel in shown)


def standing_in(shown: Iterable[dict[str, Any]]) -> str:
    """Where the loan stands, if one of these panels says so: the lender's box says the same of a referral taken up."""
    return next((panel["context"]["standing"] for panel in shown if "standing" in panel["context"]), "")

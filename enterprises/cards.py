"""What hangs on an identity card elsewhere. Services stand on a higher floor; `portal/wiring.py` hands theirs in."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

Panel = Callable[[HttpRequest], tuple[str, dict[str, Any]] | None]
# Whether so much hangs on the card of the person of this number that one officer alone does not take it off.
Weight = Callable[[int], bool]

_panels: list[Panel] = []
_weights: list[Weight] = []


def install(panels: Iterable[Panel], *, weights: Iterable[Weight] = ()) -> None:
    """Take over what the list of cards to see shows besides those of people who registered twice, and what weighs."""
    _panels[:] = panels
    _weights[:] = weights


def weigh_more(person_id: int) -> bool:
    """Money was lent, or is asked for, on this person's card."""
    return any(weighs(person_id) for weighs in _weights)


def shown_for(request: HttpRequest) -> list[dict[str, Any]]:
    """What has something to say: {template, context} each."""
    found = filter(None, (panel(request) for panel in _panels))
    return [{"template": template, "context": context} for template, context in found]

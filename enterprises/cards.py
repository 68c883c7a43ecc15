"""What hangs on an identity card elsewhere. Services stand on a higher floor; `portal/wiring.py` hands theirs in."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

Panel = Callable[[HttpRequest], tuple[str, dict[str, Any]] | None]
# Whether something of the sort hangs on the card of the person of this number.
Weight = Callable[[int], bool]

_panels: list[Panel] = []
_lent: list[Weight] = []
_weights: list[Weight] = []


def install(panels: Iterable[Panel], *, lent: Iterable[Weight] = (), weights: Iterable[Weight] = ()) -> None:
    """Take over what the list of cards to see shows besides those of people who registered twice, and what weighs."""
    _panels[:] = panels
    _lent[:] = lent
    _weights[:] = weights


def is_lent_to(person_id: int) -> bool:
    """Money was lent to this person, or is asked for by them."""
    return any(weighs(person_id) for weighs in _lent)


def weigh_more(person_id: int) -> bool:
    """Money hangs on this person's card, theirs or another's, so that one officer alone does not take it off."""
    return is_lent_to(person_id) or any(weighs(person_id) for weighs in _weights)


def shown_for(request: HttpRequest) -> list[dict[str, Any]]:
    """What has something to say: {template, context} each."""
    found = filter(None, (panel(request) for panel in _panels))
    return [{"template": template, "context": context} for template, context in found]

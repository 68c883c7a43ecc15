"""Courses and registrations to which a client is sent by name.

They stand on a higher floor; `portal/wiring.py` hands in what is on offer.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import get_language


class Destination(NamedTuple):
    """What the journal's events call it, and its name in both languages."""

    code: str
    name: str
    name_ur: str


# By where a client is sent: everything there ever was, with what is on offer now.
Offer = Callable[[], list[tuple[Destination, bool]]]

# What the client of a case has of them already, by code: where it stands, in words.
Standing = Callable[[Any], dict[str, str]]

_offers: dict[str, Offer] = {}
_standings: dict[str, Standing] = {}


def install(offers: Mapping[str, Offer], *, standings: Mapping[str, Standing]) -> None:
    for kept, given in ((_offers, offers), (_standings, standings)):
        kept.clear()
        kept.update(given)


def on_offer(to: str) -> list[Destination]:
    return [found for found, is_open in _offers[to]() if is_open] if to in _offers else []


def standing(to: str, case: Any) -> dict[str, str]:
    """What the client has already, and is not sent for."""
    return _standings[to](case) if to in _standings else {}


def names_of(to: str) -> dict[str, str]:
    """The name of each code in the reader's language, whether it is on offer or was."""
    found = [one for one, _is_open in _offers[to]()] if to in _offers else []
    return {one.code: in_words(one.name, one.name_ur) for one in found}


def in_words(name: str, name_ur: str) -> str:
    """What is written in the reader's language, or else in the other."""
    return (name_ur or name) if (get_language() or "en")[:2] == "ur" else (name or name_ur)

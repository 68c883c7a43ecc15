"""Courses and registrations to which a client is sent by name.

They stand on a higher floor; `portal/wiring.py` hands in what is on offer.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import get_language


class Destination(NamedTuple):
    """What the journal's events call it, and its name in both languages."""

    code: str
    name: str
    name_ur: str


# By where a client is sent: everything there ever was, with what is on offer now.
Offer = Callable[[], list[tuple[Destination, bool]]]

_offers: dict[str, Offer] = {}


def install(offers: Mapping[str, Offer]) -> None:
    _offers.clear()
    _offers.update(offers)


def on_offer(to: str) -> list[Destination]:
    return [found for found, is_open in _offers[to]() if is_open] if to in _offers else []


def names_of(to: str) -> dict[str, str]:
    """The name of each code in the reader's language, whether it is on offer or was."""
    found = [one for one, _is_open in _offers[to]()] if to in _offers else []
    return {one.code: in_words(one.name, one.name_ur) for one in found}


def in_words(name: str, name_ur: str) -> str:
    """What is written in the reader's language, or else in the other."""
    return (name_ur or name) if (get_language() or "en")[:2] == "ur" else (name or name_ur)

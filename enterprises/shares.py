"""What rests on the permission to share. Services stand on a higher floor; `portal/wiring.py` hands theirs in."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from enterprises.models import Person


class Follows(NamedTuple):
    """What ends by name, and what goes on by name, once the person takes the permission back."""

    ends: list[str]
    goes_on: list[str]


_told: list[Callable[[Person], Follows]] = []


def install(told: Iterable[Callable[[Person], Follows]]) -> None:
    _told[:] = told


def follows(person: Person) -> Follows:
    found = [tell(person) for tell in _told]
    return Follows([one for told in found for one in told.ends], [one for told in found for one in told.goes_on])

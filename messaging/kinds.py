"""Kinds of messages: when each is due, to whom it goes and what it says.

Each app writes these functions in its `messages.py`; `portal/message_kinds.py` lists them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from messaging import discreet
from messaging.quiet import Hours


@dataclass(frozen=True)
class Recipient:
    """Where a message goes, and in which language; resolved at sending, stored nowhere.

    `is_discreet`: others read on this phone, so the kind's `discreet` text goes instead of its own.
    `hours`: when this phone may ring; outside of them the message waits.
    `is_called`: no text may go at all. Where the kind matters enough, a person calls instead.
    """

    phone: str
    language: str
    person_id: int | None = None
    is_discreet: bool = False
    hours: Hours | None = None
    is_called: bool = False


def always(_target: Any) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """One kind of message, said once about a target; more often only if it names its `occasion`.

    `recipient` returns None when nobody may be told: no phone, consent withdrawn.
    `still_due` is asked again at sending: an instalment may have been paid meanwhile.
    `due` yields the targets that are due *by* now; planning catches up after any outage, and inserts each once.
    `occasion` tells apart the messages of this kind about one target, such as a loan's due dates. It is compared
    again at sending, and a message whose occasion has passed is dropped.
    `urgent` kinds are sent at night too.
    `is_prompt`: it answers what somebody did this minute (registered, paid, decided), so it goes at once at any hour.
    Reminders, and whatever a clock or somebody elsewhere causes, are not: they keep quiet hours.
    `discreet` is the text for a phone on which others read: no loan, no amount, nothing that is late.
    `call` says for what a person calls where no text may go, or where one was given up undelivered. `lost` says it of a
    kind that asks for a call only in the second case. Where both are empty nobody needs to call.
    `closed_until` names the first day on which such a message may go where the target's area is shut (a flood, an
    urs); None when it is open. Prompt kinds name none.
    """

    name: str
    recipient: Callable[[Any], Recipient | None]
    render: Callable[[Any, str], str]
    still_due: Callable[[Any], bool] = always
    due: Callable[[datetime], Iterable[Any]] | None = None
    occasion: Callable[[Any], str] | None = None
    urgent: bool = False
    is_prompt: bool = False
    discreet: Callable[[Any, str], str] = discreet.say
    call: Promise | str = ""
    lost: Promise | str = ""
    closed_until: Callable[[Any, date], date | None] | None = None

    @property
    def about(self) -> Promise | str:
        """What a person calls about; empty where nobody needs to."""
        return self.call or self.lost


class Caller(Protocol):
    """Who calls instead; both write in the caller's transaction."""

    def ask(self, kind: Kind, target: Any, person_id: int | None, *, is_lost: bool = False) -> None:
        """A person has to call about the target; `is_lost`: because the text was given up, not because none may go."""

    def arrived(self, kind: Kind, person_id: int | None) -> None:
        """A text of this kind arrived after all: nobody needs to call any more."""


class UnknownKind(LookupError):
    """The kind is not listed in portal/message_kinds.py."""


_installed: dict[str, Kind] = {}
# Until the portal says who calls, nobody does.
_callers: list[Caller] = []


def install(kinds: Iterable[Kind], *, caller: Caller | None = None) -> None:
    """Take over the list of `portal/message_kinds.py`, and who is asked to call where no text goes or arrives."""
    chosen: dict[str, Kind] = {}
    for kind in kinds:
        if kind.name in chosen:
            raise ValueError(f"Two kinds of messages are called {kind.name}.")
        chosen[kind.name] = kind
    _installed.clear()
    _installed.update(chosen)
    _callers[:] = [caller] if caller else []


def ask_to_call(kind: Kind, target: Any, person_id: int | None, *, is_lost: bool = False) -> None:
    for caller in _callers:
        caller.ask(kind, target, person_id, is_lost=is_lost)


def tell_arrived(kind: Kind, person_id: int | None) -> None:
    for caller in _callers:
        caller.arrived(kind, person_id)


def get(name: str) -> Kind:
    try:
        return _installed[name]
    except KeyError:
        raise UnknownKind(name) from None


def missed(name: str) -> Kind | None:
    """The kind of this name, if somebody has to be told by other means when its text does not arrive."""
    kind = _installed.get(name)
    return kind if kind is not None and kind.about else None


def is_prompt(name: str) -> bool:
    kind = _installed.get(name)
    return kind is not None and kind.is_prompt


def installed() -> tuple[Kind, ...]:
    return tuple(_installed.values())

"""The one writer of events, and the reactions that run with it."""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from journal.models import Audience, Event

Reaction = Callable[[Event], None]

ENTREPRENEUR, ADVISORS, LENDER, MANAGERS = (
    Audience.ENTREPRENEUR,
    Audience.ADVISORS,
    Audience.LENDER,
    Audience.MANAGERS,
)
# Reactions may record events of their own, and those may be reacted to once more. A third level is a loop.
DEEPEST = 2

_wired: dict[str, tuple[Reaction, ...]] = {}
_depth: ContextVar[int] = ContextVar("reaction_depth", default=0)


class UnknownEvent(LookupError):
    """The event is not listed in portal/wiring.py."""


class TooDeep(RuntimeError):
    """Reactions call each other in a circle."""


def install(table: Mapping[str, Iterable[Reaction]]) -> None:
    """Take over the table of `portal/wiring.py`: every event's name, and what reacts to it."""
    _wired.clear()
    _wired.update({name: tuple(reactions) for name, reactions in table.items()})


def record(
    name: str,
    *,
    target: models.Model,
    by: models.Model,
    audience: Iterable[Audience],
    data: Mapping[str, Any] | None = None,
    of: models.Model | None = None,
) -> Event:
    """Write one event and run what reacts to it, in the caller's transaction.

    `target` names whose event it is by its `enterprise_id` and `person_id`, where it has them; `of` does so in its
    place, where the target is between several of them.
    A reaction that fails takes the whole move back with it.
    """
    if name not in _wired:
        raise UnknownEvent(name)
    depth = _depth.get()
    if depth > DEEPEST:
        raise TooDeep(name)
    whose = of or target
    with transaction.atomic():
        event = Event.objects.create(
            name=name,
            target_label=target._meta.label_lower,
            target_id=target.pk,
            target_version=getattr(target, "version", None),
            enterprise_id=getattr(whose, "enterprise_id", None),
            person_id=getattr(whose, "person_id", None),
            by=by,
            at=timezone.now(),
            audience=sorted(audience),
            data=dict(data or {}),
        )
        token = _depth.set(depth + 1)
        try:
            for react in _wired[name]:
                react(event)
        finally:
            _depth.reset(token)
    return event

"""The one place where a record changes its state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.forms import BaseForm
from django.utils.translation import gettext as _

from journal.events import record
from journal.models import Audience
from kit.saving import save

Item = TypeVar("Item", bound=Any)


@dataclass(frozen=True)
class Move:
    """From any of `sources` to `target`, by whom `permission` allows, leaving `event` in the journal."""

    sources: frozenset[str] | set[str]
    target: str
    permission: str
    event: str = field(kw_only=True)


class MoveRefused(Exception):
    """The record is not in a state from which this move leads."""

    def __init__(self, item: Any, verb: str = "") -> None:
        super().__init__(_("This cannot be done now: it is “%(state)s”.") % {"state": item.get_state_display()})
        self.item = item
        self.verb = verb


class EditConflict(Exception):
    """Somebody else changed the record since the form showed it. Carries the record as it is now, and the form."""

    form: BaseForm | None = None

    def __init__(self, item: models.Model) -> None:
        super().__init__(f"{item._meta.label} {item.pk} was changed meanwhile")
        self.item = item


def hold(item: Item, *, version: int | None) -> Item:
    """Lock the row and return it fresh; refuse if its version is not the one that was shown.

    `version=None` is for reactions and tasks, which showed nothing to anybody.
    Must be called inside a transaction, before any child row is inserted.
    """
    rows = type(item)._default_manager.select_for_update(no_key=True, of=("self",))
    locked = rows.get(pk=item.pk)
    if version is not None and locked.version != version:
        raise EditConflict(locked)
    return locked


def move(
    item: Any,
    verb: str,
    *,
    by: Any,
    version: int | None,
    audience: Iterable[Audience],
    data: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Any:
    """Make the move `verb` of `item.MOVES`, with `changes` to its fields, and write its event.

    Lock first, then look: without the lock two officers who click together both succeed.
    Raises `EditConflict`, `MoveRefused`, `PermissionDenied` or `ValidationError`, and then changes nothing.
    """
    chosen: Move = item.MOVES[verb]
    with transaction.atomic():
        locked = hold(item, version=version)
        if locked.state not in chosen.sources:
            raise MoveRefused(locked, verb)
        if not by.has_perm(chosen.permission, locked):
            raise PermissionDenied(chosen.permission)
        locked.state = chosen.target
        locked.version += 1
        for name, value in changes.items():
            setattr(locked, name, value)
        save(locked, update_fields=["state", "version", *changes])
        record(chosen.event, target=locked, by=by, audience=audience, data=data)
    return locked

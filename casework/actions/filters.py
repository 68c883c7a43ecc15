"""What a colleague keeps of the list of cases under a name of their own."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from casework.models import SavedFilter
from journal.moves import hold
from kit.saving import save


@transaction.atomic
def keep(*, by: User, name: str, chosen: Mapping[str, str]) -> SavedFilter:
    """Keep what is chosen in the list. Their row is held meanwhile: two windows do not keep one too many."""
    if not chosen:
        raise ValidationError(_("Choose something in the list first. Then it can be kept."))
    hold(User(pk=by.pk), version=None)
    if SavedFilter.objects.visible_to(by).count() >= SavedFilter.MOST:
        raise ValidationError(_("You have twelve filters. Delete one of them first."))
    saved = SavedFilter(user_id=by.pk, name=name, chosen=dict(chosen))
    save_named(saved)
    return saved


@transaction.atomic
def rename(*, saved: SavedFilter, by: User, version: int, name: str) -> SavedFilter:
    held = held_by_owner(saved, by=by, version=version)
    held.name = name
    held.version += 1
    save_named(held)
    return held


@transaction.atomic
def delete(*, saved: SavedFilter, by: User) -> None:
    held_by_owner(saved, by=by, version=None).delete()


def held_by_owner(saved: SavedFilter, *, by: User, version: int | None) -> SavedFilter:
    if saved.user_id != by.pk:
        raise PermissionDenied("casework.change_saved_filter")
    return hold(saved, version=version)


def save_named(saved: SavedFilter) -> None:
    """A name that is there already is refused beside its field."""
    try:
        save(saved)
    except ValidationError as refusal:
        raise ValidationError({"name": refusal.messages}) from refusal

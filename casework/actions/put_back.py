"""What a transfer changes besides who has the case, kept with it; and what of that an undoing puts back."""

import datetime as dt
from typing import Any

from django.utils import timezone

from casework.actions.flags import owners_for
from casework.models import Case, Flag, Transfer
from casework.states import CaseState


def as_it_is(held: Case) -> dict[str, Any]:
    """The agreed day, the pause and whose the flags are. No words stand in it."""
    flags = Flag.objects.standing().filter(case=held).values_list("pk", "owner")
    return agreed_with_pause(held) | {"flags": {str(pk): owner for pk, owner in flags}}


def agreed_with_pause(held: Case) -> dict[str, Any]:
    pause = held.pauses.filter(ended_at__isnull=True).first()
    return {"next_contact_on": day_or_none(held.next_contact_on), "pause": pause and pause.pk}


def day_or_none(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def unchanged(transfer: Transfer, held: Case) -> dict[str, Any]:
    """What of it nobody changed since: asked before the case goes back, which changes it."""
    kept, found = transfer.kept, {}
    talked_since = held.last_contact_at is not None and held.last_contact_at > (transfer.decided_at or transfer.at)
    is_of_then = held.state != CaseState.NEW and day_or_none(held.next_contact_on) == kept.get("given_on")
    if is_of_then and not talked_since and kept.get("next_contact_on"):
        found["next_contact_on"] = kept["next_contact_on"]
        found["pause"] = kept["pause"]
    owners = {str(pk): owner for pk, owner in Flag.objects.standing().filter(case=held).values_list("pk", "owner")}
    flags = kept.get("flags", {})
    found["flags"] = {pk: was for pk, was in flags.items() if owners.get(pk) in {was, transfer.to_advisor_id}}
    return found


def agreed_day(found: dict[str, Any]) -> dt.date | None:
    """The day that was agreed before: the case goes back with it, and the event of that says it."""
    day = found.get("next_contact_on")
    return dt.date.fromisoformat(day) if day else None


def put_back(held: Case, found: dict[str, Any]) -> None:
    """The pause of the agreed day if its day is still ahead, and each flag to whose it was if they work there."""
    today = timezone.localdate()
    if agreed_day(found):
        held.pauses.filter(pk=found["pause"], until_on__gt=today).update(ended_at=None)
    there = set(owners_for(held, on=today).values_list("pk", flat=True))
    for pk, was in found["flags"].items():
        if was in there:
            Flag.objects.filter(pk=pk).update(owner=was)

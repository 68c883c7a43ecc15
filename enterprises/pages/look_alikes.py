"""Who said of a pair that these are two people, and who doubted it."""

from collections.abc import Iterable
from typing import Any

from enterprises.models import LookAlike
from journal.models import Event
from journal.sentences import sentence


def histories(pairs: Iterable[LookAlike]) -> dict[int, list[dict[str, Any]]]:
    """By pair, what colleagues said of it, the oldest first: one query for all of them."""
    told = Event.objects.filter(target_label=LookAlike._meta.label_lower, target_id__in=[pair.pk for pair in pairs])
    found: dict[int, list[dict[str, Any]]] = {}
    for event in told.select_related("by").order_by("at", "id"):
        found.setdefault(event.target_id, []).append({"text": sentence(event), "by": event.by, "at": event.at})
    return found

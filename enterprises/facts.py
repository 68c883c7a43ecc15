"""What a client is told of an open item: which paper is asked for, and why their card is."""

from collections.abc import Collection

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from enterprises.models import CardRelease, DocumentRequest
from journal.open_items import Facts
from kit import words


def of_documents(ids: Collection[int]) -> dict[int, Facts]:
    """One query for all of them."""
    requests = DocumentRequest.objects.filter(pk__in=ids).select_related("kind")
    return {request.pk: Facts(bring=(request.kind.label,)) for request in requests}


def of_cards_lost(ids: Collection[int]) -> dict[int, Facts]:
    """Why the number was taken off, to whoever stands without it; of the other person nothing more."""
    releases = CardRelease.objects.without_card().filter(loser_id__in=ids).order_by("lost_at", "pk")
    return {release.loser_id: Facts(why=why_taken_off(release)) for release in releases}


def why_taken_off(release: CardRelease) -> str:
    if release.undone_at is not None:
        said = _("On %(day)s your CNIC number was taken off your record: it had come there by mistake.")
        return said % {"day": words.plain(words.day_plain(localdate(release.undone_at)))}
    said = _("On %(day)s an officer saw the card of somebody else with this number, and it was taken off your record.")
    return said % {"day": words.plain(words.day_plain(localdate(release.done_at)))}

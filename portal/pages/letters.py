"""What we wrote to somebody: when, and about what. The words themselves are kept on their phone alone."""

from typing import Any

from django.utils.translation import gettext as _

from enterprises.models import Person
from kit import words
from kit.paging import Page, page
from messaging.models import Message
from portal.message_kinds import TITLES

SHOWN = 3


def newest(person: Person) -> list[dict[str, Any]]:
    """The last few, for the page of the business."""
    return said(Message.objects.sent_to(*person.record_ids()).order_by("-sent_at", "-id")[:SHOWN])


def listing(person: Person, *, after: str) -> tuple[list[dict[str, Any]], Page]:
    """All of them, the newest first, and where the list goes on."""
    rows = Message.objects.sent_to(*person.record_ids())
    found = page(rows, order=("-sent_at", "-id"), after=after, never_null=["sent_at"])
    return said(found.rows), found


def said(messages) -> list[dict[str, Any]]:
    return [
        {"label": TITLES.get(message.kind, _("A message")), "note": words.plain(words.moment(message.sent_at))}
        for message in messages
    ]

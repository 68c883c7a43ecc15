"""What we wrote to somebody: when, and about what. The words themselves are kept on their phone alone."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import BigIntegerField
from django.utils.translation import gettext as _

from enterprises.models import Person
from kit import words
from kit.given import Given, Text
from kit.paging import Page, page
from messaging.models import Message
from portal.message_kinds import TITLES

SHOWN = 3


def newest(person: Person) -> list[dict[str, Any]]:
    """The last few, for the page of the business."""
    return said(last_few().rows({"person_id": person.pk}))


@cache
def last_few() -> Text:
    records = Person.objects.records_of(Given("person_id", BigIntegerField())).values("pk")
    rows = Message.objects.sent_to(records).order_by("-sent_at", "-id")
    return Text.of(rows.values_list("kind", "sent_at")[:SHOWN])


def listing(person: Person, *, after: str) -> tuple[list[dict[str, Any]], Page]:
    """All of them, the newest first, and where the list goes on."""
    rows = Message.objects.sent_to(person.record_ids())
    found = page(rows, order=("-sent_at", "-id"), after=after, never_null=["sent_at"])
    return said((message.kind, message.sent_at) for message in found.rows), found


def said(messages: Iterable[tuple[str, datetime]]) -> list[dict[str, Any]]:
    return [
        {"label": TITLES.get(kind, _("A message")), "note": words.plain(words.moment(sent_at))}
        for kind, sent_at in messages
    ]

"""What lending makes people wait for: a decision, the money, the next instalment.

A module for each kind of record, whose `items` gives one query a kind, each limited by its own index;
`journal.open_items.united` puts them together.
"""

from collections.abc import Iterator

from django.db.models import QuerySet

from journal.open_items import Scope
from loans.open_items import applications, loans, misfortunes, requests


def open_items(scope: Scope) -> Iterator[QuerySet]:
    for of_record in (applications, requests, loans, misfortunes):
        yield from of_record.items(scope)

"""Kinds of papers, and which of them are lacking for a step."""

import re
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q


class DocumentKindQuerySet(models.QuerySet[Any]):
    def offered(self) -> Self:
        return self.filter(is_open=True)

    def needed_for(self, step: str) -> Self:
        """Codes of steps stand in one text, with commas: see `DocumentKind.steps`."""
        return self.offered().filter(for_steps__regex=rf"(^|,)\s*{re.escape(step)}\s*(,|$)")

    def lacking(self, step: str, *, person: Any, enterprise: Any, on: Any) -> Self:
        """The kinds that a step needs and of which neither the person nor the business has a paper that counts.

        `is_in_check` says of a kind that such a paper waits for the virus check. `person` and `enterprise` are ids, or
        the names by which an outer query has them.
        """
        theirs = apps.get_model("enterprises", "Document").objects.filter(
            Q(person_id=person) | Q(enterprise_id=enterprise), kind=OuterRef("pk")
        )
        return (
            self.needed_for(step)
            .filter(~Exists(theirs.counting(on=on)))
            .annotate(is_in_check=Exists(theirs.in_check()))
        )

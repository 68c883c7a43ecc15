from collections.abc import Iterable
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class EventQuerySet(models.QuerySet):
    def about(self, enterprise_ids: Iterable[int]) -> Self:
        """Events of these enterprises: the record's own id and those merged into it."""
        return self.filter(enterprise_id__in=list(enterprise_ids))

    def for_audience(self, *audiences: str) -> Self:
        return self.filter(audience__overlap=list(audiences))

    def for_list(self) -> Self:
        return self.select_related("by").order_by("-at", "-id")


class JobRunQuerySet(models.QuerySet):
    def claimable(self, *, now: datetime) -> Self:
        """Waiting and due, or running under a lease that ran out: its worker died."""
        return self.filter(Q(state="waiting", due_at__lte=now) | Q(state="running", lease_until__lt=now))

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q


class EventQuerySet(models.QuerySet):
    def about(self, enterprise_ids: Any) -> Self:
        """Events of these enterprises, ids or a query of them: the record's own and those merged into it."""
        return self.filter(enterprise_id__among=enterprise_ids)

    def for_audience(self, *audiences: str) -> Self:
        return self.filter(audience__overlap=list(audiences))

    def explaining(self, item: models.Model) -> Any:
        """What brought this record to the version that it has; None where that came without an event of its own."""
        of_item = self.filter(target_label=item._meta.label_lower, target_id=item.pk)
        return of_item.filter(target_version=getattr(item, "version", None)).order_by("at", "id").first()

    def for_list(self) -> Self:
        return self.select_related("by").order_by("-at", "-id")


class JobRunQuerySet(models.QuerySet):
    def claimable(self, *, now: datetime) -> Self:
        """Waiting and due, or running under a lease that ran out: its worker died."""
        return self.filter(Q(state="waiting", due_at__lte=now) | Q(state="running", lease_until__lt=now))

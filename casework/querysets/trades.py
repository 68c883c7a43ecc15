from typing import Self

from django.db import models
from django.db.models import Q


class TradeQuerySet(models.QuerySet):
    def offered(self, *, beside: int | None = None) -> Self:
        """What forms offer, and beside it the trade of a plan that was written while it was offered."""
        return self.filter(Q(is_open=True) | Q(pk=beside))

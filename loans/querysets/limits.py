from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q


class ApprovalLimitQuerySet(models.QuerySet):
    def of(self, application: Any) -> Self:
        """Those of the lender for this product, and those for all products."""
        return self.filter(Q(product=application.product_id) | Q(product=None), partner=application.partner_id)

    def overlapping(self, first: date, last: date) -> Self:
        return self.filter(Q(until_on=None) | Q(until_on__gte=first), from_on__lte=last)

    def in_force(self, *, on: date) -> Self:
        return self.overlapping(on, on)

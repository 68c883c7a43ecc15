from typing import Self

from django.db import models

from accounts.models import Office


class ProductQuerySet(models.QuerySet):
    def offered_at(self, branch: Office) -> Self:
        """What the partner lends whose head office the branch belongs to."""
        above = {branch.pk}
        office = branch
        while office.parent is not None:
            office = office.parent
            above.add(office.pk)
        return self.filter(partner__office_id__in=above, partner__is_open=True, is_open=True)


class RefusalReasonQuerySet(models.QuerySet):
    def offered(self) -> Self:
        return self.filter(is_open=True)

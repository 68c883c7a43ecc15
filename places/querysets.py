from datetime import date
from itertools import groupby
from typing import Any, Self

from django.db import models
from django.db.models import Q

from kit.text import alphabetical

# A bank holiday closes the lender's branches alone, which its `calendar` says. Holidays of one province or one
# community are written down for those who plan visits and courses, and close no calendar: lending's is national.
CLOSING_KINDS = ("fixed", "lunar", "bank")


class DistrictQuerySet(models.QuerySet[Any]):
    def in_force(self, *, on: date) -> Self:
        """Districts that exist on that day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)

    def for_choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return (province, [(code, district), ...]) for a select, in one query and in the reader's alphabet."""
        rows: list[Any] = list(self.select_related("province"))
        rows.sort(key=lambda row: (row.province.order, alphabetical(row.full_label)))
        return [
            (province.label, [(row.code, row.full_label) for row in group])
            for province, group in groupby(rows, key=lambda row: row.province)
        ]


class HolidayQuerySet(models.QuerySet[Any]):
    def closing(self, calendar: str) -> Self:
        """Holidays on which the people of `calendar` do not work."""
        return self.filter(calendar__in=("all", calendar), kind__in=CLOSING_KINDS)

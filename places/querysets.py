from datetime import date
from itertools import groupby
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Prefetch, Q

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
        rows: list[Any] = list(self.select_related("province", "parent"))
        rows.sort(key=lambda row: (row.province.order, alphabetical(row.full_label)))
        return [
            (province.label, [(row.code, row.choice_label) for row in group])
            for province, group in groupby(rows, key=lambda row: row.province)
        ]

    def for_matching(self, *, on: date) -> Self:
        """Every district that has begun, ended ones too, with its parent, its successors and the names of that day."""
        aliases = Prefetch("aliases", apps.get_model("places", "Alias").objects.known(on=on), to_attr="known_aliases")
        return (
            self.filter(starts_on__lte=on).select_related("province", "parent").prefetch_related(aliases, "successors")
        )


class AliasQuerySet(models.QuerySet[Any]):
    def known(self, *, on: date) -> Self:
        """Names that lead to their district on that day. An old name leads there for ever: cards still say it."""
        begun = Q(from_on__isnull=True) | Q(from_on__lte=on)
        lasting = Q(until_on__isnull=True) | Q(until_on__gte=on)
        return self.filter(Q(kind="old") | (begun & lasting))


class HolidayQuerySet(models.QuerySet[Any]):
    def closing(self, calendar: str) -> Self:
        """Holidays on which the people of `calendar` do not work."""
        return self.filter(calendar__in=("all", calendar), kind__in=CLOSING_KINDS)

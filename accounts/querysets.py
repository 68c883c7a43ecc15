from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Q

SYSTEM = "system"


class AppointmentQuerySet(models.QuerySet):
    def in_force(self, *, on: date) -> Self:
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=on), from_on__lte=on)


class OfficeQuerySet(models.QuerySet):
    def covering(self, district_id: int, *, on: date) -> Self:
        """Offices whose dated cover includes the district, the smallest kind of office first."""
        return self.filter(
            Q(cover__until_on__isnull=True) | Q(cover__until_on__gte=on),
            cover__district_id=district_id,
            cover__from_on__lte=on,
            is_open=True,
        ).order_by("-depth", "id")

    def below(self, offices: Iterable[int]) -> set[int]:
        """The ids of these offices and of all below them."""
        found = set(offices)
        edge = found
        while edge:
            edge = set(self.filter(parent_id__in=edge).values_list("id", flat=True)) - found
            found |= edge
        return found


class UserManager(BaseUserManager):
    def system(self) -> Any:
        """The actor of reactions and tasks. Its permissions are listed in rules, like everybody's."""
        return self.get(username=SYSTEM)

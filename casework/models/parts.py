"""What several records of a case have in common."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case


class OfCase:
    """What hangs on a case is of its business, and of the person whom the case calls: events and messages ask so."""

    case: Case

    @property
    def enterprise_id(self) -> int:
        return self.case.enterprise_id

    @property
    def person_id(self) -> int:
        return self.case.person_id


class Typed(models.Model):
    """What somebody typed, and may take out where it was a mistake: it leaves every page and total at once.

    Who typed it does that, with a reason that colleagues read; within 30 days it comes back if that is undone.
    """

    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_because = models.CharField(_("why it is taken out"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        abstract = True


def taken_out_by_who_typed_it(name: str) -> Any:
    stands = Q(removed_at__isnull=True, removed_by__isnull=True, removed_because="")
    is_out = Q(removed_at__isnull=False, removed_by=F("by")) & ~Q(removed_because="")
    return models.CheckConstraint(name=name, condition=stands | is_out)

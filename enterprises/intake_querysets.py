"""Lists that were sent, and their rows."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Q

from accounts.models import User
from accounts.roles import DISTRICT_ROLES, NATIONAL_ROLES


class IntakeQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Lists that the user sent; for SMEDA's advisors, those of their offices too."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        if not user.roles:
            return self.none()
        sent = Q(uploaded_by=user)
        return self.filter(sent | Q(office_id__in=user.office_ids) if user.has_role(*DISTRICT_ROLES) else sent)

    def unfinished(self) -> Self:
        """What the portal has in hand: rows to be looked at, or to be registered."""
        return self.filter(erased_at__isnull=True).filter(
            Q(checked_at__isnull=True) | Q(confirmed_at__isnull=False, done_at__isnull=True)
        )

    def for_list(self) -> Self:
        return self.select_related("uploaded_by").annotate(
            row_count=Count("rows"), registered_count=Count("rows", filter=Q(rows__verdict="registered"))
        )


class IntakeRowQuerySet(models.QuerySet[Any]):
    def counts(self) -> dict[str, int]:
        """How many rows there are of each verdict."""
        return dict(self.order_by().values_list("verdict").annotate(count=Count("pk")))

    def to_mend(self) -> Self:
        """Rows that were not registered and still say what was typed."""
        return self.filter(verdict__in=["faulty", "on_file", "alike", "failed"]).exclude(cells=[])

    def visible_to(self, user: User) -> Self:
        intakes = apps.get_model("enterprises", "Intake").objects.visible_to(user)
        return self.filter(intake_id__in=intakes.values("pk"))

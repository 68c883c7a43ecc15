"""Querysets of what was put right in the record of a business."""

from typing import Any, Self

from django.apps import apps
from django.db import models

from accounts.models import User


class CorrectionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Who sees the business sees what stood in its record before."""
        seen = apps.get_model("enterprises", "Enterprise").objects.visible_to(user)
        return self.filter(enterprise_id__in=seen.values("pk"))

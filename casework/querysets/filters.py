from typing import Self

from django.db import models
from django.db.models.functions import Lower

from accounts.models import User


class SavedFilterQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(user=user)

    def for_list(self) -> Self:
        return self.order_by(Lower("name"), "pk")

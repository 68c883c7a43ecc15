from typing import Self

from django.db import models

from accounts.models import User
from enterprises.querysets import sight_of


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(sight_of(user, prefix="enterprise__"))

    def for_list(self) -> Self:
        return self.select_related("kind", "seen_by").order_by("-obtained_on", "-id")

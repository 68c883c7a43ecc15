from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from accounts.models import User


class PreCheckQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """With the application or the referral before which it was made."""
        applications = apps.get_model("loans", "Application").objects.visible_to(user)
        referrals = apps.get_model("casework", "Referral").objects.visible_to(user)
        return self.filter(
            Exists(applications.filter(pk=OuterRef("application_id")))
            | Exists(referrals.filter(pk=OuterRef("referral_id")))
        )

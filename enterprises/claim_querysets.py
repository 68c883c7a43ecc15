import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db import models

from accounts.models import User
from accounts.roles import NATIONAL_ROLES


class ClaimQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        return self.filter(settled_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related("draft", "newcomer", "enterprise", "person", "district", "seen_by", "release")

    def visible_to(self, user: User) -> Self:
        """Claims of the user's districts: of the place where the newcomer registered, not of the record on file."""
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        return self.filter(district_id__in=user.district_ids)


class CardReleaseQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        """Asked for by one officer; a second one has not looked yet."""
        return self.filter(done_at__isnull=True, claim__settled_at__isnull=True)

    def without_card(self) -> Self:
        """Those whose number was taken off, and who have shown no other card since."""
        return self.filter(loser__isnull=False, loser__cnic__isnull=True, loser__merged_into__isnull=True)

    def given_back(self) -> Self:
        """Those who got their number back, and whose card nobody has seen since."""
        return self.filter(undone_at__isnull=False, holder__cnic_standing="claimed", holder__merged_into__isnull=True)

    def asking(self, person_id: int) -> Self:
        """By which this person was asked for their card: the number was taken off, or came back."""
        return self.filter(models.Q(loser_id=person_id) | models.Q(holder_id=person_id, undone_at__isnull=False))

    def to_undo(self, *, at: dt.datetime) -> Self:
        return self.filter(undone_at__isnull=True, done_at__gt=at - self.model.UNDONE_WITHIN)

    def for_list(self) -> Self:
        return self.select_related("claim__seen_by", "holder", "taker", "asked_by", "done_by", "undone_by")

    def visible_to(self, user: User) -> Self:
        """As the claims that they settle."""
        claims = apps.get_model("enterprises", "Claim").objects.visible_to(user)
        return self.filter(claim_id__in=claims.values("pk"))

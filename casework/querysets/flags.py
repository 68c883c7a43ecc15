import datetime as dt
from typing import Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.roles import HOLDER_ROLES, Role
from casework.querysets.cases import OfCaseQuerySet, at_or_above, read_for_smeda


class FlagQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """SMEDA's own alone: neither the client nor a partner."""
        if user.is_entrepreneur:
            return self.none()
        return super().visible_to(user).filter(read_for_smeda(user, case="case__"))

    def standing(self) -> Self:
        return self.filter(state="raised")

    def of_nobody(self, *, on: dt.date) -> Self:
        """Standing ones whose owner cannot sign in, or works neither at the case's office nor above it.

        The programme's manager sees every case, wherever the post is.
        """
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=on).filter(role__in=HOLDER_ROLES)
        there = at_or_above("case__office") | Q(role=Role.PROGRAMME_MANAGER)
        works = posts.filter(there, user_id=OuterRef("owner_id"), user__is_active=True)
        return self.standing().filter(~Exists(works))

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "case__advisor",
            "owner", "by", "cleared_by",
        )  # fmt: skip

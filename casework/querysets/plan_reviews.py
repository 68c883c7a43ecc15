import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.roles import HOLDER_ROLES, Role
from casework.querysets.lots import LotQuerySet


class PlanReviewQuerySet(LotQuerySet):
    def remarked(self) -> Self:
        """Those that somebody is to talk over."""
        return self.filter(state="remarked")

    def told_to_nobody(self, *, on: dt.date) -> Self:
        """Remarked ones whose advisor works nowhere any more, where nobody manages the case or the programme."""
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=on).filter(user__is_active=True)
        advisor = posts.filter(role__in=HOLDER_ROLES, user_id=OuterRef("case__advisor_id"))
        managers = posts.filter(
            Q(role=Role.REGIONAL_MANAGER, office_id=OuterRef("case__office_id")) | Q(role=Role.PROGRAMME_MANAGER)
        )
        return self.remarked().filter(~Exists(advisor), ~Exists(managers))

    def not_written_by(self, user_id: Any) -> Self:
        """Nor by whoever agreed a step of the plan."""
        steps = apps.get_model("casework", "Step").objects.filter(case=OuterRef("case"), set_by_id=user_id)
        return super().not_written_by(user_id).exclude(Exists(steps))

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "case__advisor",
            "author", "read_at", "read_by", "talked_by",
        )  # fmt: skip

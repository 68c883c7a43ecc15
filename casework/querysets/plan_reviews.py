import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.roles import MANAGER_ROLES, Role
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda


class PlanReviewQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """SMEDA's own alone, and none that was not drawn: a lot that fell on nothing is nobody's to read."""
        if user.is_entrepreneur:
            return self.none()
        return super().visible_to(user).filter(read_for_smeda(user, case="case__")).exclude(state="spared")

    def drawn(self) -> Self:
        """Those that wait for a reader."""
        return self.filter(state="drawn")

    def remarked(self) -> Self:
        """Those that somebody is to talk over."""
        return self.filter(state="remarked")

    def asked_of(self, user_id: Any, *, today: Any) -> Self:
        """Those that this manager reads: of their own office, and for the programme's manager whatever is late.

        Never one of whose steps they agreed any.
        """
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=today).filter(user_id=user_id)
        here = Exists(posts.filter(role__in=MANAGER_ROLES, office_id=OuterRef("read_at_id")))
        programme = Exists(posts.filter(role=Role.PROGRAMME_MANAGER))
        return self.drawn().filter(here | Q(programme, due_on__lt=today)).not_written_by(user_id)

    def not_written_by(self, user_id: Any) -> Self:
        """The other face of `PlanReview.all_writers`."""
        steps = apps.get_model("casework", "Step").objects.filter(case=OuterRef("case"), set_by_id=user_id)
        return self.exclude(author_id=user_id).exclude(Exists(steps))

    def agreed_between(self, first: dt.date, last: dt.date) -> Self:
        return self.filter(agreed_at__date__gte=first, agreed_at__date__lte=last)

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "case__advisor",
            "author", "read_at", "read_by", "talked_by",
        )  # fmt: skip

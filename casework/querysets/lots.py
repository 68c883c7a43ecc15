import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.roles import MANAGER_ROLES, Role
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda


class LotQuerySet(OfCaseQuerySet):
    """What is looked at a second time by lot."""

    def visible_to(self, user: User) -> Self:
        """SMEDA's own alone, and none that was not drawn: a lot that fell on nothing is nobody's to read."""
        if user.is_entrepreneur:
            return self.none()
        return super().visible_to(user).filter(read_for_smeda(user, case="case__")).exclude(state="spared")

    def drawn(self) -> Self:
        """Those that wait for whoever looks."""
        return self.filter(state="drawn")

    def asked_of(self, user_id: Any, *, today: Any) -> Self:
        """Those that this manager looks at: of their own office, and for the programme's manager whatever is late.

        Never their own.
        """
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=today).filter(user_id=user_id)
        here = Exists(posts.filter(role__in=MANAGER_ROLES, office_id=OuterRef("read_at_id")))
        programme = Exists(posts.filter(role=Role.PROGRAMME_MANAGER))
        return self.drawn().filter(here | Q(programme, due_on__lt=today)).not_written_by(user_id)

    def not_written_by(self, user_id: Any) -> Self:
        """The other face of the model's `all_writers`."""
        return self.exclude(author_id=user_id)

    def of_nobody(self, *, on: dt.date) -> Self:
        """Those that wait where nobody manages who may look at them; the programme's manager comes to what is late."""
        posts = apps.get_model("accounts", "Appointment").objects.in_force(on=on).filter(user__is_active=True)
        others = posts.filter(role__in=MANAGER_ROLES).exclude(user_id=OuterRef("author_id"))
        there = others.filter(Q(office_id=OuterRef("read_at_id")) | Q(role=Role.PROGRAMME_MANAGER))
        return self.drawn().filter(~Exists(there))

    def done_between(self, first: dt.date, last: dt.date) -> Self:
        """Those of what was done on these days."""
        done = self.model.DONE_AT  # type: ignore[attr-defined]
        return self.filter(**{f"{done}__date__gte": first, f"{done}__date__lte": last})

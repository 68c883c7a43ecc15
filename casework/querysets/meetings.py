import datetime as dt
from typing import Any, Self

from django.db.models import Q

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from casework.states import OPEN_MEETINGS


class MeetingQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Between the client whom the case calls and SMEDA: neither a partner nor another owner."""
        rows = super().visible_to(user)
        return rows.filter(Q(case__person__user=user) if user.is_entrepreneur else read_for_smeda(user, case="case__"))

    def open(self) -> Self:
        """Still to be held, or to be said what became of it."""
        return self.filter(state__in=sorted(OPEN_MEETINGS))

    def to_come(self, *, now: Any) -> Self:
        return self.open().filter(starts_at__gte=now)

    def of_day(self, day: dt.date) -> Self:
        return self.filter(starts_at__date=day)

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "advisor"
        )

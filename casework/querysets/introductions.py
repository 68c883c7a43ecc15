import datetime as dt
from typing import Self

from django.db.models import Q

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from casework.states import OPEN_CASES


class IntroductionQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Between the client whom the case calls and SMEDA."""
        rows = super().visible_to(user)
        return rows.filter(Q(case__person__user=user) if user.is_entrepreneur else read_for_smeda(user, case="case__"))

    def waiting(self) -> Self:
        """Nobody has said what came of it."""
        return self.filter(state="sent", case__state__in=OPEN_CASES)

    def with_offer(self) -> Self:
        """Something on file may be the answer: a colleague says whether it is."""
        return self.waiting().filter(offered_ids__0__isnull=False)

    def stale(self, *, since: dt.datetime) -> Self:
        """Nothing is known of it since this moment, and nothing on file may be the answer."""
        return self.waiting().filter(at__lte=since, offered_ids__0__isnull=True)

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "case__advisor",
            "by", "contact", "ended_by",
        )  # fmt: skip

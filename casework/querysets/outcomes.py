import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from casework.states import FollowUpState
from kit.days import begin_of


class OfClientQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Between the client whom the case calls and SMEDA: neither a partner nor another owner."""
        rows = super().visible_to(user)
        return rows.filter(Q(case__person__user=user) if user.is_entrepreneur else read_for_smeda(user, case="case__"))


class FollowUpQuerySet(OfClientQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=FollowUpState.ASKED)

    def over(self, *, on: Any) -> Self:
        """Those whose days are over without an answer."""
        return self.waiting().filter(due_on__lt=on)

    def for_list(self) -> Self:
        return self.select_related("case__person", "case__enterprise__district", "case__office", "case__advisor")


class MeasureQuerySet(OfClientQuerySet):
    def standing(self) -> Self:
        """Those that nobody took out. Every page and total asks for these alone."""
        return self.filter(removed_at__isnull=True)

    def removed_by(self, user: User, *, since: dt.datetime) -> Self:
        """What the user took out and may put back: nothing has its place by now."""
        rows = apps.get_model("casework", "Measure").objects.standing().exclude(point="other")
        other = rows.filter(case=OuterRef("case"), what=OuterRef("what"), point=OuterRef("point"))
        return self.visible_to(user).filter(~Exists(other), removed_by=user, removed_at__gt=since)


def to_ask(rows: Any, *, point: str, began: tuple[dt.date, dt.date]) -> Any:
    """Cases of clients who began within these days, let SMEDA contact them, and were not asked at this point.

    Closed cases too; who died is not asked, and a joined record's case goes on elsewhere.
    """
    asked = apps.get_model("casework", "FollowUp").objects.filter(case=OuterRef("pk"), point=point)
    first, last = began
    return (
        rows.to_contact()
        .filter(
            enterprise__merged_into__isnull=True,
            enterprise__client_since__gte=begin_of(first),
            enterprise__client_since__lt=begin_of(last + dt.timedelta(days=1)),
        )
        .exclude(outcome__in=["died", "merged"])
        .filter(~Exists(asked))
    )

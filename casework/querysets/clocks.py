import datetime as dt
from typing import Any, Self

from django.db.models import Count, F, IntegerField, OuterRef, Q, Value
from django.db.models.functions import Cast, TruncDate

from casework.querysets.cases import OfCaseQuerySet

# So many attempts in vain, not all on one day, before somebody cannot be found, and before the manager decides.
ATTEMPTS = 3


class AttemptQuerySet(OfCaseQuerySet):
    def since_last_talk(self) -> Self:
        never = Q(case__last_contact_at__isnull=True)
        return self.filter(never | Q(at__gte=F("case__last_contact_at")))

    def in_vain(self, *, case: str = "pk") -> Any:
        """For a case of an outer query: so many attempts since the last talk, not all on one day, that others decide.

        One row where it is so, and none where it is not.
        """
        tried = self.since_last_talk().filter(case=OuterRef(case)).order_by().values("case")
        counted = tried.annotate(number=Count("pk"), days=Count(TruncDate("at"), distinct=True))
        # As a word, so that a kept text may hold it.
        return counted.filter(number__gte=Cast(Value(str(ATTEMPTS)), IntegerField()), days__gt=1)


class PauseQuerySet(OfCaseQuerySet):
    def in_force(self, *, on: dt.date) -> Self:
        """On the last day the call is due again."""
        return self.filter(ended_at__isnull=True, until_on__gt=on)

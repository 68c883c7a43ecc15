import datetime as dt
from typing import Self

from django.db.models import F, Q

from casework.querysets.cases import OfCaseQuerySet


class AttemptQuerySet(OfCaseQuerySet):
    def since_last_talk(self) -> Self:
        never = Q(case__last_contact_at__isnull=True)
        return self.filter(never | Q(at__gte=F("case__last_contact_at")))


class PauseQuerySet(OfCaseQuerySet):
    def in_force(self, *, on: dt.date) -> Self:
        """On the last day the call is due again."""
        return self.filter(ended_at__isnull=True, until_on__gt=on)

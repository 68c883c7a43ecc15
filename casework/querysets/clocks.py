import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Value
from django.db.models.functions import Cast, TruncDate

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, WrittenQuerySet

# So many attempts in vain, not all on one day, before somebody cannot be found, and before the manager decides.
ATTEMPTS = 3
# So long after the one before an attempt counts as another one: at another time of the day. Our own choice of November
# 2026, taken from no source: to be confirmed by those who call.
APART = dt.timedelta(hours=2)
# What nobody finds out by going there, and what nobody hears by telephone.
BY_PHONE_ALONE, BY_VISIT_ALONE = frozenset({"off", "wrong"}), frozenset({"not_there"})


class AttemptQuerySet(WrittenQuerySet):
    def visible_to(self, user: User) -> Self:
        return super().visible_to(user).standing()

    def since_last_talk(self) -> Self:
        never = Q(case__last_contact_at__isnull=True)
        return self.standing().filter(never | Q(at__gte=F("case__last_contact_at")))

    def searching(self) -> Self:
        """Each that was at another time than the one before: a second press of the minute is no second search."""
        # One that was taken out hides none, and neither does one of before the last talk.
        rows = apps.get_model("casework", "Attempt").objects.since_last_talk()
        rows = rows.filter(case=OuterRef("case"), at__gt=OuterRef("at") - APART)
        before = Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk"))
        return self.filter(~Exists(rows.filter(before)))

    def visits(self) -> Self:
        """Somebody went there. That a phone was off is none, whatever was chosen beside it."""
        return self.filter(channel="visit").exclude(result__in=BY_PHONE_ALONE)

    def in_vain(self, *, case: str = "pk") -> Any:
        """For a case of an outer query: so many searches since the last talk, not all on one day, that others decide.

        One row where it is so, and none where it is not.
        """
        tried = self.searching().since_last_talk().filter(case=OuterRef(case)).order_by().values("case")
        counted = tried.annotate(number=Count("pk"), days=Count(TruncDate("at"), distinct=True))
        # As a word, so that a kept text may hold it.
        return counted.filter(number__gte=Cast(Value(str(ATTEMPTS)), IntegerField()), days__gt=1)


class PauseQuerySet(OfCaseQuerySet):
    def in_force(self, *, on: dt.date) -> Self:
        """On the last day the call is due again."""
        return self.filter(ended_at__isnull=True, until_on__gt=on)

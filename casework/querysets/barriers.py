import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, FloatField, IntegerField, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import User
from accounts.roles import DISTRICT_ROLES, NATIONAL_ROLES
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda

HOW_MANY = "(SELECT COUNT(*) FROM (%(subquery)s) AS clients)"
MEDIAN = "(SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days) FROM (%(subquery)s) AS clients)"


class BarrierQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """It names nobody: whoever advises clients or reads nationally sees every one."""
        may_see = user.is_system or user.has_role(*DISTRICT_ROLES, *NATIONAL_ROLES)
        return self if may_see else self.none()

    def living(self) -> Self:
        """Those that were not joined with another."""
        return self.filter(same_as__isnull=True)

    def met_in(self, districts: Iterable[int]) -> Self:
        """Those of these districts, and those with which one of them was joined, wherever that stands itself."""
        here = self.model._default_manager.filter(district__in=districts, same_as__isnull=False)
        return self.filter(models.Q(district__in=districts) | models.Q(pk__in=here.values("same_as")))

    def with_counts(self) -> Self:
        """Each with how many clients met it, or one that was joined with it, and the median of the days lost.

        So too with who sees to it and what came of it: its own, or else what stands at one that was joined with it.
        """
        return self.annotate(
            seen_to_by=self.own_or_joined("owner"),
            came_of_it=self.own_or_joined("answer"),
            cases=Subquery(self.days_of_clients(), template=HOW_MANY, output_field=IntegerField()),
            median=Subquery(self.days_of_clients(), template=MEDIAN, output_field=FloatField()),
        )

    def own_or_joined(self, name: str) -> Coalesce:
        """Of several that were joined, the one that was answered last."""
        others = self.model._default_manager.filter(same_as=OuterRef("pk")).exclude(**{name: ""})
        last = others.order_by(F("answered_at").desc(nulls_last=True), "pk").values(name)[:1]
        return Coalesce(NullIf(F(name), Value("")), Subquery(last), Value(""))

    def days_of_clients(self) -> QuerySet:
        """The days that it cost each client: one number each, the larger where they met two that are joined.

        Leads never enter a total, and what a record that was joined into another kept stands with that one already.
        """
        asked = OuterRef(OuterRef("pk"))
        ids = self.model._default_manager.filter(models.Q(pk=asked) | models.Q(same_as=asked))
        reports: Any = (
            apps.get_model("casework", "BarrierReport")
            .objects.standing()
            .filter(
                barrier__in=ids.values("pk"),
                case__enterprise__merged_into__isnull=True,
                case__enterprise__client_since__isnull=False,
            )
        )
        rows: QuerySet = reports.order_by().values("case").annotate(days=Max("days_lost")).values("days")
        return rows

    def worst_first(self) -> Self:
        return self.living().with_counts().order_by("-cases", F("median").desc(nulls_last=True), "id")

    def for_list(self) -> Self:
        return self.select_related("authority", "district")


class BarrierReportQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """What a client met is for SMEDA's own eyes."""
        return super().visible_to(user).filter(read_for_smeda(user, case="case__"))

    def standing(self) -> Self:
        """Those that nobody took back. Every page and total asks for these alone."""
        return self.filter(removed_at__isnull=True)

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__office", "case__advisor", "barrier__authority"
        )

    def removed_by(self, user: User, *, since: dt.datetime) -> Self:
        """What the user took back and may put back: it was not written down again since."""
        again = apps.get_model("casework", "BarrierReport").objects.standing()
        again = again.filter(barrier=OuterRef("barrier"), case=OuterRef("case"))
        return self.visible_to(user).filter(~Exists(again), removed_by=user, removed_at__gt=since)

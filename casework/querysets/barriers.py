from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Aggregate, Count, F, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import DISTRICT_ROLES, NATIONAL_ROLES
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


class BarrierQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """It names nobody: whoever advises clients or reads nationally sees every one."""
        may_see = user.is_system or user.has_role(*DISTRICT_ROLES, *NATIONAL_ROLES)
        return self if may_see else self.none()

    def living(self) -> Self:
        """Those that were not joined with another."""
        return self.filter(same_as__isnull=True)

    def with_counts(self) -> Self:
        """Each with how many clients met it, or one that was joined with it, and the median of the days lost."""
        return self.annotate(
            cases=Coalesce(Subquery(self.counted(Count("case", distinct=True))), 0),
            median=Subquery(self.counted(Median("days_lost"))),
        )

    def counted(self, measure: Aggregate) -> QuerySet:
        reports: Any = apps.get_model("casework", "BarrierReport").objects.all()
        met = Q(barrier=OuterRef("pk")) | Q(barrier__same_as=OuterRef("pk"))
        rows: QuerySet = reports.filter(met).order_by().annotate(every=models.Value(1)).values("every")
        return rows.annotate(found=measure).values("found")

    def worst_first(self) -> Self:
        return self.living().with_counts().order_by("-cases", F("median").desc(nulls_last=True), "id")

    def for_list(self) -> Self:
        return self.select_related("authority", "district")


class BarrierReportQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """What a client met is for SMEDA's own eyes."""
        return super().visible_to(user).filter(read_for_smeda(user, case="case__"))

import datetime as dt
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from casework.querysets.cases import OfCaseQuerySet


class StepQuerySet(OfCaseQuerySet):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def lapsed(self, *, closed_at: dt.datetime | None, today: dt.date) -> Self:
        """Open steps whose day came between the closing of their case and today."""
        closed_on = timezone.localdate(closed_at) if closed_at else today
        return self.open().filter(due_on__gte=closed_on, due_on__lt=today).select_related("case", "kind").order_by("pk")

    def without_lot(self, *, since: dt.datetime, until: dt.datetime) -> Self:
        """The first step of each plan that was agreed between then and has no lot yet; see `PlanReview`."""
        of_case = apps.get_model("casework", "Step").objects.filter(case_id=OuterRef("case_id"))
        lots = apps.get_model("casework", "PlanReview").objects.filter(case_id=OuterRef("case_id"))
        first = of_case.order_by("set_at", "pk").values("pk")[:1]
        return self.filter(~Exists(lots), set_at__gte=since, set_at__lte=until, pk=Subquery(first))

    def for_list(self) -> Self:
        """The plan in its order: what is done first, then what is due next."""
        return self.select_related("kind").order_by(models.F("closed_at").asc(nulls_last=True), "due_on", "id")

    def to_tell(self) -> list[Any]:
        """What the client is told of a plan: its next step, and where that is somebody else's, their own first one."""
        steps: list[Any] = list(self.open().for_list())
        own = [step for step in steps if step.kind.owner == "entrepreneur"]
        return list(dict.fromkeys([*steps[:1], *own[:1]]))


class StepKindQuerySet(models.QuerySet):
    def offered(self) -> Self:
        return self.filter(is_open=True)


class PlanTemplateQuerySet(models.QuerySet):
    def offered(self) -> Self:
        return self.filter(is_open=True)

    def best_first(self, wanted: Any) -> Self:
        """Those first that fit what the client asked for."""
        fits = models.Case(models.When(suggested_for__in=wanted, then=0), default=1)
        return self.alias(fits=fits).order_by("fits", "order", "name")

from typing import Any, Self

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Q

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from casework.states import HealthState

# An answer that has no more points than this is weak: its question's step is suggested.
WEAK = 1
# Of these questions an answer with any points says that what the step would bring is there, and only lies unused.
OF_WHAT_IS_THERE = frozenset({"account"})


class QuestionnaireQuerySet(models.QuerySet):
    def current(self) -> Any:
        """The newest one that was published: what a check asks that begins now."""
        return self.filter(published_at__isnull=False).order_by("-number").first()

    def drafts(self) -> Self:
        return self.filter(published_at__isnull=True)


class HealthCheckQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Between the owners and SMEDA; partners do not read it, and owners read what is finished."""
        rows = super().visible_to(user)
        return rows.done() if user.is_entrepreneur else rows.filter(read_for_smeda(user, case="case__"))

    def draft(self) -> Self:
        return self.filter(state=HealthState.DRAFT)

    def done(self) -> Self:
        return self.filter(state=HealthState.DONE)

    def newest_first(self) -> Self:
        return self.order_by("-done_at", "-id")

    def before(self, check: Any) -> Self:
        """Those of the same case that were finished earlier, the last of them first."""
        rows = self.done().filter(case_id=check.case_id).exclude(pk=check.pk)
        return rows.filter(done_at__lte=check.done_at).newest_first()


class AnswerQuerySet(models.QuerySet):
    def for_list(self) -> Self:
        is_there = Q(question__code__in=OF_WHAT_IS_THERE, option__points__gt=0)
        rows = self.annotate(is_unused=ExpressionWrapper(is_there, output_field=models.BooleanField()))
        return rows.select_related("question__suggests", "option").order_by("question__order")

    def weak(self) -> Self:
        return self.filter(option__points__lte=WEAK)

    def by_area(self) -> dict[str, int]:
        """How many answers there are in each area."""
        counted = self.order_by().values(area=F("question__area")).annotate(number=Count("pk"))
        return {row["area"]: row["number"] for row in counted}

    def suggesting(self) -> Self:
        """Weak answers whose question names a step that plans are made of, and that brings what is not there yet."""
        return self.weak().filter(Q(question__suggests__is_open=True)).for_list().filter(is_unused=False)

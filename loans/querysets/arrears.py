"""What comes next for a late loan: one definition, in the query, for pages, lists and open items alike."""

from datetime import date, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from accounts.models import LocalClosure
from kit.given import Given
from loans.querysets.loans import OfLoanQuerySet
from places.calendar import LateCutoff

# A lender's rule counts days from the day on which the oldest unpaid instalment fell due.
VISIT, SECOND, GUARANTORS, DECIDE = "visit", "second", "guarantors", "decide"
# What nobody saw to so many days after its day rises to the branch manager.
RISES_AFTER = timedelta(days=3)


class AboutLatenessQuerySet(OfLoanQuerySet):
    def about(self, loan: Any) -> Self:
        """Of the lateness in which the loan is now."""
        return self.filter(loan=loan, due_on=loan.next_due_on)


def days_after(day: Any, days: Any) -> Any:
    return models.ExpressionWrapper(day + days, output_field=models.DateField())


def of_this_lateness(model: str) -> Any:
    """Rows of the model about the instalment of the outer loan that is late now."""
    rows = apps.get_model("loans", model).objects.order_by()
    return rows.filter(loan_id=OuterRef("pk"), due_on=OuterRef("next_due_on"))


def aggregated(rows: QuerySet, aggregate: Any, output: Any) -> Subquery:
    return Subquery(rows.values("loan_id").annotate(found=aggregate).values("found"), output_field=output)


def last_promise(column: str) -> Subquery:
    promises = apps.get_model("loans", "Promise").objects.filter(loan_id=OuterRef("pk")).order_by("-id")
    return Subquery(promises.values(column)[:1])


def shut_until(on: Any) -> Subquery:
    """The last day of what shuts the outer loan's district or branch on that day."""
    through: Any = LocalClosure
    districts = through.districts.through.objects.filter(
        localclosure=OuterRef("pk"), district_id=OuterRef(OuterRef("district_id"))
    )
    offices = through.offices.through.objects.filter(
        localclosure=OuterRef("pk"), office_id=OuterRef(OuterRef("branch_id"))
    )
    shut = LocalClosure.objects.in_force(on=on).filter(Exists(districts) | Exists(offices))
    return Subquery(shut.order_by("-until_on").values("until_on")[:1])


def undisturbed(loans: QuerySet, *, on: date) -> QuerySet:
    """Without those whose agreed day is not over: of several days the one that was agreed last counts."""
    rows = apps.get_model("loans", "Promise").objects
    later = rows.filter(loan_id=OuterRef("loan_id"), id__gt=OuterRef("id"))
    return loans.filter(~Exists(rows.filter(~Exists(later), loan_id=OuterRef("pk"), pay_on__gt=LateCutoff(on))))


def with_next_step(loans: QuerySet, *, on: date | Given) -> QuerySet:
    """Late loans with what was done about it, and with the `step` that comes next and its day `step_on`.

    `promised_on`: the agreed day, while it runs; `shut_until`: what shuts the place today. While either is there the
    step waits, and while the loan rests there is none. A step never falls on a day before the one that an agreed day
    left behind, nor closer to the step before than the lender's rule has them.
    """
    rules = {name: F(f"partner__{name}") for name in ("visit_days", "second_visit_days", "guarantor_days")}
    day = models.DateField()
    cutoff = LateCutoff(on)
    loans = loans.filter(next_due_on__lte=cutoff, frozen_for=None).annotate(
        visits_made=Coalesce(aggregated(of_this_lateness("Visit"), Count("*"), IntegerField()), 0),
        visited_last_on=aggregated(of_this_lateness("Visit"), Max("visited_on"), day),
        guarantors_spoken_on=aggregated(of_this_lateness("GuarantorContact"), Max("spoken_on"), day),
        agreed_last_on=last_promise("pay_on"),
        shut_until=shut_until(on),
        step=Case(
            When(visits_made=0, then=Value(VISIT)),
            When(visits_made=1, then=Value(SECOND)),
            When(guarantors_spoken_on=None, then=Value(GUARANTORS)),
            default=Value(DECIDE),
        ),
    )
    after_due = Case(
        When(step=VISIT, then=days_after(F("next_due_on"), rules["visit_days"])),
        When(step=SECOND, then=days_after(F("next_due_on"), rules["second_visit_days"])),
        default=days_after(F("next_due_on"), rules["guarantor_days"]),
    )
    gap = Case(
        When(step=SECOND, then=rules["second_visit_days"] - rules["visit_days"]),
        default=rules["guarantor_days"] - rules["second_visit_days"],
    )
    # GREATEST leaves out what is nothing.
    return loans.annotate(
        promised_on=Case(When(agreed_last_on__gt=cutoff, then=F("agreed_last_on"))),
        step_on=Greatest(
            after_due,
            days_after(Greatest(F("visited_last_on"), F("guarantors_spoken_on")), gap),
            days_after(F("agreed_last_on"), Value(1)),
            output_field=day,
        ),
    )


def waiting_for(loans: QuerySet, *steps: str) -> QuerySet:
    """Of those, whose next step is one of these and nothing holds it back."""
    return loans.filter(Q(step__in=steps), promised_on=None, shut_until=None)


def to_visit(loans: QuerySet, *, on: date) -> QuerySet:
    """Whose first or second visit is due by that day, and nothing holds it back."""
    return waiting_for(with_next_step(loans, on=on), VISIT, SECOND).filter(step_on__lte=on)


def risen(loans: QuerySet, *, on: date) -> QuerySet:
    """What nobody saw to in time is the branch manager's to see to, whatever comes next."""
    waiting = waiting_for(with_next_step(loans, on=on), VISIT, SECOND, GUARANTORS, DECIDE)
    return waiting.filter(step_on__lt=on - RISES_AFTER)

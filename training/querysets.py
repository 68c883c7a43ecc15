from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.roles import DISTRICT_ROLES, NATIONAL_ROLES, Role
from enterprises.querysets import sight_of
from training.states import LIVE, SEATED, EnrolmentState, Mark, RunState

if TYPE_CHECKING:
    from accounts.models import User


class CourseQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(is_open=True)


class CourseRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """A trainer's own; those of an advisor's districts, those held online and those with a client in sight.

        All for the programme's readers.
        """
        if user.is_system or user.has_role(*NATIONAL_ROLES):
            return self
        seen = Q(pk__in=[])
        if user.has_role(Role.TRAINER):
            seen |= Q(trainer=user)
        if user.has_role(*DISTRICT_ROLES):
            theirs = apps.get_model("training", "Enrolment").objects.visible_to(user).filter(run_id=OuterRef("pk"))
            seen |= Q(district_id__in=user.district_ids) | Q(is_online=True) | Q(Exists(theirs))
        return self.filter(seen)

    def upcoming(self, *, on: date) -> Self:
        """Not begun before that day: still open to newcomers."""
        return self.filter(state=RunState.PLANNED, starts_on__gte=on)

    def within_reach(self, district_id: int) -> Self:
        """In the district, or online."""
        return self.filter(Q(district_id=district_id) | Q(is_online=True))

    def with_waiting(self) -> Self:
        """`waiting`: how many people stand on the list."""
        enrolments = apps.get_model("training", "Enrolment").objects.waiting().filter(run_id=OuterRef("pk"))
        counted = enrolments.order_by().values("run_id").annotate(number=Count("pk")).values("number")
        return self.annotate(waiting=Coalesce(Subquery(counted), 0, output_field=IntegerField()))

    def with_first_sitting(self) -> Self:
        """`first_starts_at` and `first_ends_at`: when the first class is."""
        sittings = apps.get_model("training", "Sitting").objects.filter(run_id=OuterRef("pk")).order_by("number")
        return self.annotate(
            first_starts_at=Subquery(sittings.values("starts_at")[:1]),
            first_ends_at=Subquery(sittings.values("ends_at")[:1]),
        )

    def for_list(self) -> Self:
        runs = self.with_waiting().with_first_sitting()
        return runs.select_related("course", "district", "office", "trainer")


class SittingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        runs = apps.get_model("training", "CourseRun").objects.visible_to(user)
        return self.filter(Exists(runs.filter(pk=OuterRef("run_id"))))

    def unmarked(self, *, now: datetime) -> Self:
        """Begun, with somebody on the course, and attendance not written down."""
        return self.filter(held_at__isnull=True, starts_at__lte=now, run__seats_taken__gt=0)

    def to_come(self, *, now: datetime) -> Self:
        return self.filter(held_at__isnull=True, starts_at__gt=now)

    def next_of_run(self, *, now: datetime) -> Self:
        """Of each course date the class that comes next."""
        earlier = Q(starts_at__lt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), id__lt=OuterRef("id"))
        sooner = self.model._default_manager.to_come(now=now).filter(earlier, run_id=OuterRef("run_id"))
        return self.to_come(now=now).filter(~Exists(sooner))

    def with_present(self) -> Self:
        """`present`: how many were there."""
        return self.annotate(present=Count("attendances", filter=Q(attendances__mark=Mark.PRESENT)))


class EnrolmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """Whoever sees the enterprise, but of trainers only the run's own, and nobody of the lender."""
        rows = self.filter(sight_of(user, prefix="enterprise__"))
        if user.is_system or user.is_entrepreneur or user.has_role(*DISTRICT_ROLES, *NATIONAL_ROLES):
            return rows
        return rows.filter(run__trainer=user) if user.has_role(Role.TRAINER) else rows.none()

    def waiting(self) -> Self:
        return self.filter(state=EnrolmentState.WAITING)

    def seated(self) -> Self:
        return self.filter(state__in=SEATED)

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def in_order(self) -> Self:
        """First come, first served."""
        return self.order_by("asked_at", "id")

    def with_ahead(self) -> Self:
        """`ahead`: how many people of the waiting list asked before."""
        earlier = Q(asked_at__lt=OuterRef("asked_at")) | Q(asked_at=OuterRef("asked_at"), id__lt=OuterRef("pk"))
        counted = (
            self.model._default_manager.waiting()
            .filter(earlier, run_id=OuterRef("run_id"))
            .order_by()
            .values("run_id")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return self.annotate(ahead=Coalesce(Subquery(counted), 0, output_field=IntegerField()))

    def with_present(self) -> Self:
        """`present`: in how many classes the person was."""
        return self.annotate(present=Count("attendances", filter=Q(attendances__mark=Mark.PRESENT)))

    def with_next_sitting(self, *, now: datetime) -> Self:
        """`next_sitting_id` and `next_starts_at`: the person's next class, or None."""
        sittings = apps.get_model("training", "Sitting").objects.to_come(now=now)
        coming = sittings.filter(run_id=OuterRef("run_id")).order_by("starts_at", "id")
        return self.annotate(
            next_sitting_id=Subquery(coming.values("pk")[:1]), next_starts_at=Subquery(coming.values("starts_at")[:1])
        )

    def for_list(self) -> Self:
        return self.with_ahead().select_related(
            "person",
            "enterprise__district",
            "enterprise__sector",
            "run__course",
            "run__office",
            "run__district",
            "certificate",
        )


class OfEnrolmentQuerySet(models.QuerySet[Any]):
    """Rows that hang on an enrolment and take its sight."""

    def visible_to(self, user: "User") -> Self:
        enrolments = apps.get_model("training", "Enrolment").objects.visible_to(user)
        return self.filter(Exists(enrolments.filter(pk=OuterRef("enrolment_id"))))


class CertificateQuerySet(OfEnrolmentQuerySet):
    def valid(self) -> Self:
        return self.filter(revoked_at__isnull=True)

    def for_paper(self) -> Self:
        return self.select_related(
            "enrolment__person", "enrolment__run__course", "enrolment__run__office", "enrolment__run__district"
        ).annotate(sittings=Count("enrolment__run__sittings"))

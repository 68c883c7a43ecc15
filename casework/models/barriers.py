"""Obstacles that authorities put in the way: counted over all clients, so that a committee can see to the worst."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.querysets import BarrierQuerySet, BarrierReportQuerySet
from journal.models import Versioned
from places.models import Bilingual, District

USER = settings.AUTH_USER_MODEL
MOST_DAYS = 999


class Authority(Bilingual):
    """Who puts obstacles in the way: a tax office, a municipality, a power company."""

    code = models.SlugField(_("code"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("may be chosen"), default=True)

    SAFE_TO_COPY = {"id", "name", "name_ur", "code", "order", "is_open"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.label


class Barrier(Versioned):
    """One obstacle of one authority in a district, however many clients it held up. It names nobody.

    Two that are the same are joined: the one points at the other, and counts with it.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="barriers")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("obstacle"), max_length=160)
    # Who sees to it, for the committee: an office or a post, and what came of it.
    owner = models.CharField(_("who sees to it"), max_length=120, blank=True)
    answer = models.CharField(_("what came of it"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="joined")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "version", "authority", "district", "answered_at", "same_as", "by", "at"}
    NEVER_COPIED = {"what", "owner", "answer"}

    objects = BarrierQuerySet.as_manager()

    class Meta:
        verbose_name = _("obstacle")
        verbose_name_plural = _("obstacles")
        constraints = [
            models.CheckConstraint(
                name="casework_barrier_is_not_its_own_twin", condition=Q(same_as__isnull=True) | ~Q(same_as=F("id"))
            ),
            models.CheckConstraint(name="casework_barrier_says_what", condition=~Q(what="")),
        ]

    def __str__(self) -> str:
        return f"barrier {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:barrier-detail", args=[self.pk])


class BarrierReport(OfCase, models.Model):
    """A client met the obstacle: once each, with the days that it cost them. What was taken back is in no total."""

    barrier = models.ForeignKey(Barrier, on_delete=models.PROTECT, related_name="reports")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="barrier_reports")
    days_lost = models.PositiveSmallIntegerField(_("days lost"), validators=[MaxValueValidator(MOST_DAYS)])
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    SAFE_TO_COPY = {"id", "barrier", "case", "days_lost", "by", "at", "removed_at", "removed_by"}
    NEVER_COPIED: set[str] = set()

    objects = BarrierReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of an obstacle")
        verbose_name_plural = _("reports of obstacles")
        indexes = [models.Index(fields=["removed_by", "-removed_at"], name="casework_barrier_taken_back")]
        constraints = [
            models.UniqueConstraint(
                fields=["barrier", "case"],
                condition=Q(removed_at__isnull=True),
                name="casework_barrier_once_a_case",
                violation_error_message=_("It was written down for this client again by now."),
            ),
            models.CheckConstraint(
                name="casework_barrier_taken_back_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.querysets import ClosureQuerySet

USER = settings.AUTH_USER_MODEL


class Closure(models.Model):
    """One ending of a case, and its beginning again: a case that is opened again keeps how it had ended, and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="closures")
    outcome = models.CharField(_("how it ended"), max_length=12, choices=Case.Outcome.choices)
    note = models.CharField(_("in a few words"), max_length=300, blank=True)
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="closures")
    agreed_on = models.DateField(_("contact that was agreed"), null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("why it was opened again"), max_length=300, blank=True)

    SAFE_TO_COPY = {"id", "case", "outcome", "closed_at", "closed_by", "agreed_on", "reopened_at", "reopened_by"}
    NEVER_COPIED = {"note", "reason"}

    objects = ClosureQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["closed_by", "-closed_at"], name="casework_closure_by_whom")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(reopened_at__isnull=True), name="casework_closed_once_at_a_time"
            ),
            models.CheckConstraint(
                name="casework_opened_again_by_somebody_for_a_reason",
                condition=Q(reopened_at__isnull=True, reopened_by__isnull=True, reason="")
                | (Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"closure {self.pk}"

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ClosedMonth(models.Model):
    """A month whose figures are frozen. Late entries show as adjustments, never as silent changes."""

    month = models.DateField(unique=True)
    closed_at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "month", "closed_at"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        constraints = [models.CheckConstraint(name="reports_first_of_month", condition=Q(month__day=1))]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ClosedFigure(models.Model):
    """One indicator of a closed month, for the whole programme: numerator and denominator as they stood."""

    month = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, related_name="figures")
    code = models.CharField(max_length=40)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(null=True)
    # Of the definition by which it was counted.
    version = models.PositiveSmallIntegerField(db_default=1)

    SAFE_TO_COPY = {"id", "month", "code", "numerator", "denominator", "version"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "code"], name="reports_figure_once")]

    def __str__(self) -> str:
        return f"{self.month} {self.code}"

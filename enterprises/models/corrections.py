from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.correction_querysets import CorrectionQuerySet
from enterprises.models.enterprises import Enterprise
from places.models import District


class Correction(models.Model):
    """What stood in the record of a business before it moved, or before what was wrong was put right, and why."""

    class Kind(models.TextChoices):
        MOVED = "moved", _("the business moved")
        DISTRICT = "district", _("the district was wrong")
        STAGE = "stage", _("it is an idea still")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=200, blank=True)
    started_on = models.DateField(null=True)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    SAFE_TO_COPY = {"id", "enterprise", "kind", "district", "started_on", "by", "at"}
    NEVER_COPIED = {"place", "reason"}

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a business")
        verbose_name_plural = _("corrections of businesses")
        constraints = [
            models.CheckConstraint(name="enterprises_correction_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="enterprises_correction_of_a_district",
                condition=Q(kind="stage", district__isnull=True)
                | Q(kind__in=["moved", "district"], district__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk} {self.kind}"

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.people import Person, Sex
from enterprises.querysets import OfPersonQuerySet


class NameCorrection(models.Model):
    """A name on file, or the sex, that was put right, and what stood there before. What stands now is the person's."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="name_corrections")
    name = models.CharField(_("full name"), max_length=120)
    parent_name = models.CharField(_("father's or husband's name"), max_length=120, blank=True)
    parent_relation = models.CharField(max_length=10, choices=Person.Relation.choices, blank=True)
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices, blank=True, default="", db_default="")
    reason = models.CharField(max_length=300)
    is_card_seen = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    SAFE_TO_COPY = {"id", "person", "parent_relation", "sex", "is_card_seen", "by", "at"}
    NEVER_COPIED = {"name", "parent_name", "reason"}

    objects = OfPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a name")
        verbose_name_plural = _("corrections of names")
        constraints = [models.CheckConstraint(name="enterprises_name_corrected_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"name correction {self.pk}"

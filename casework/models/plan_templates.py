from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.plans import StepKind
from casework.querysets import PlanTemplateQuerySet
from enterprises.models import Help
from places.models import Bilingual


class PlanTemplate(Bilingual):
    """Steps that go together in a kind of case. Whoever takes it sees first what it does to the plan."""

    code = models.SlugField(_("code"), unique=True)
    suggested_for = models.CharField(_("suggested to who asks for"), max_length=10, choices=Help.choices, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)

    SAFE_TO_COPY = {"id", "name", "name_ur", "code", "suggested_for", "order", "is_open"}
    NEVER_COPIED: set[str] = set()

    objects = PlanTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of a plan")
        verbose_name_plural = _("templates of plans")
        ordering = ["order", "name"]


class TemplateStep(models.Model):
    """A step of a template, and in how many days it is done."""

    template = models.ForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="steps")
    kind = models.ForeignKey(StepKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    after_days = models.PositiveSmallIntegerField(_("days from now"))

    SAFE_TO_COPY = {"id", "template", "kind", "after_days"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("step of a template")
        verbose_name_plural = _("steps of a template")
        ordering = ["after_days", "id"]
        constraints = [models.UniqueConstraint(fields=["template", "kind"], name="casework_template_step_once")]

    def __str__(self) -> str:
        return f"template step {self.pk}"

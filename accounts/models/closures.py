from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.lifting import LIFTED_BY_AND_AT_TOGETHER, Liftable
from accounts.models.offices import Office
from accounts.querysets import LocalClosureQuerySet
from kit import words
from places.models import District

LONGEST_CLOSURE = timedelta(days=92)


class LocalClosure(Liftable):
    """Districts or offices that are shut for some days: a flood, an urs, a shutdown. Entered the same day.

    Messages and visits there wait. It closes no calendar: what is due stays due, and days late go on being counted.
    """

    class Reason(models.TextChoices):
        FLOOD = "flood", _("flood or heavy rain")
        SNOW = "snow", _("snow or a blocked road")
        URS = "urs", _("urs or local festival")
        SHUTDOWN = "shutdown", _("shutdown or strike")
        UNREST = "unrest", _("unrest or curfew")
        OTHER = "other", _("another reason")

    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    text = models.CharField(_("what colleagues must know"), max_length=200, blank=True)
    districts = models.ManyToManyField(District, blank=True, related_name="+", verbose_name=_("districts"))
    offices = models.ManyToManyField(Office, blank=True, related_name="closures", verbose_name=_("offices"))
    from_on = models.DateField(_("from"), default=timezone.localdate)
    until_on = models.DateField(_("last day"))

    SAFE_TO_COPY = {
        "id", "version", "reason", "from_on", "until_on", "entered_by", "entered_at", "lifted_by", "lifted_at",
    }  # fmt: skip
    NEVER_COPIED = {"text"}

    objects = LocalClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("local closure")
        verbose_name_plural = _("local closures")
        ordering = ["-from_on", "-id"]
        indexes = [models.Index(fields=["until_on", "id"], name="accounts_closure_until")]
        constraints = [
            models.CheckConstraint(
                name="accounts_closure_ends_after_it_starts",
                condition=Q(until_on__gte=F("from_on")),
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                name="accounts_closure_is_not_for_ever",
                condition=Q(until_on__lte=F("from_on") + LONGEST_CLOSURE),
                violation_error_message=_("Enter at most three months at a time."),
            ),
            models.CheckConstraint(
                name="accounts_closure_lifted_by_and_at_together",
                condition=LIFTED_BY_AND_AT_TOGETHER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {words.plain(words.day_plain(self.from_on))}"

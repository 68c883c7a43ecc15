from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.lifting import LIFTED_BY_AND_AT_TOGETHER, Liftable
from accounts.models.people import User
from accounts.querysets import AbsenceQuerySet
from kit import words

LONGEST_ABSENCE = timedelta(days=180)


class Absence(Liftable):
    """From which day to which a colleague is away: nobody new is given to them, and what is due is not left lying."""

    class Reason(models.TextChoices):
        LEAVE = "leave", _("leave")
        SICK = "sick", _("sick")
        TRAINING = "training", _("at a training")
        PAUSE = "pause", _("takes no new clients for a while")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences", verbose_name=_("who"))
    from_on = models.DateField(_("from"), default=timezone.localdate)
    until_on = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)

    SAFE_TO_COPY = {
        "id", "version", "user", "from_on", "until_on", "reason", "entered_by", "entered_at", "lifted_by", "lifted_at",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["-from_on", "-id"]
        indexes = [models.Index(fields=["user", "until_on"], name="accounts_absence_of_user")]
        constraints = [
            models.CheckConstraint(
                name="accounts_absence_ends_after_it_starts",
                condition=Q(until_on__gte=F("from_on")),
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                name="accounts_absence_is_not_for_ever",
                condition=Q(until_on__lte=F("from_on") + LONGEST_ABSENCE),
                violation_error_message=_("Enter at most six months at a time."),
            ),
            models.CheckConstraint(
                name="accounts_absence_lifted_by_and_at_together",
                condition=LIFTED_BY_AND_AT_TOGETHER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_reason_display()} {words.plain(words.day_plain(self.from_on))}"

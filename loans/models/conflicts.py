from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.applications import USER, Application
from loans.querysets import OfApplicationQuerySet


class Conflict(models.Model):
    """A member says why they must not decide on an application. Never changed; the database refuses their vote."""

    class Why(models.TextChoices):
        RELATIVE = "relative", _("a relative of mine")
        FRIEND = "friend", _("a friend or neighbour of mine")
        BUSINESS = "business", _("we do business together")
        MONEY = "money", _("money between us")
        OTHER = "other", _("another reason")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conflicts")
    member = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=8, choices=Why.choices)
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "application", "member", "why", "at"}
    NEVER_COPIED: set[str] = set()

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "member"], name="loans_conflict_once")]

    def __str__(self) -> str:
        return f"conflict {self.pk}"

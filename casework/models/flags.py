from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.querysets import FlagQuerySet
from casework.states import FLAG_MOVES, FlagState
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class Flag(OfCase, Versioned):
    """Something of a case that colleagues have to mind, whose it is and until when. The client never reads of it."""

    class Kind(models.TextChoices):
        MONEY = "money", _("money")
        SAFETY = "safety", _("somebody's safety")
        CONDUCT = "conduct", _("how somebody behaved")
        HEALTH = "health", _("illness")
        DATA = "data", _("something on file that may be wrong")
        OTHER = "other", _("something else")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(_("what it is about"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("what to mind"), max_length=300)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="flags", verbose_name=_("who sees to it"))
    due_on = models.DateField(_("by when"))
    state = models.CharField(max_length=10, choices=FlagState.choices, default=FlagState.RAISED)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    cleared_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)
    clearing = models.CharField(_("why it is settled"), max_length=300, blank=True)

    SAFE_TO_COPY = {"id", "version", "case", "kind", "owner", "due_on", "state", "by", "at", "cleared_by", "cleared_at"}
    NEVER_COPIED = {"text", "clearing"}

    MOVES = FLAG_MOVES
    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        indexes = [
            models.Index(fields=["owner", "due_on", "id"], name="casework_flag_standing", condition=Q(state="raised")),
            models.Index(fields=["cleared_by", "-cleared_at"], name="casework_flag_by_whom"),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_flag_cleared_for_a_reason",
                condition=Q(state="raised", cleared_by__isnull=True, cleared_at__isnull=True, clearing="")
                | (Q(state="cleared", cleared_by__isnull=False, cleared_at__isnull=False) & ~Q(clearing="")),
            ),
        ]

    def __str__(self) -> str:
        return f"flag {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:flag-detail", args=[self.pk])

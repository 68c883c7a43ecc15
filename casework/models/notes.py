from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.querysets import NoteQuerySet

USER = settings.AUTH_USER_MODEL


class Note(models.Model):
    """Free text on a case: shared with the entrepreneur, or internal to SMEDA.

    Whoever wrote it may take it back: it leaves every list and total at once, and comes back if that is undone.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    is_shared = models.BooleanField(_("the entrepreneur sees it"), default=False)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    SAFE_TO_COPY = {"id", "case", "is_shared", "by", "at", "removed_at", "removed_by"}
    NEVER_COPIED = {"text"}

    objects = NoteQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-at", "-id"], name="casework_note_by_case"),
            models.Index(fields=["by", "-at"], name="casework_note_by_whom"),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_note_removed_by_who_wrote_it",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by=F("by")),
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"

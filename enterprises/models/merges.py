import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.people import Person
from enterprises.querysets import MergeQuerySet


class Merge(models.Model):
    """Two records that were one person's, joined by a colleague: `gone` points to `kept` from then on.

    For thirty days it can be undone: then exactly the rows that went over go back.
    """

    UNDONE_WITHIN = dt.timedelta(days=30)

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_away")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    # By label, which record went into which: {"enterprises.Person": [[kept, gone]], "casework.Case": ...}
    pairs = models.JSONField(default=dict)
    # The newest row of each relation that day: what hangs on the kept record with a higher number came later.
    newest = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    SAFE_TO_COPY = {"id", "kept", "gone", "by", "at", "pairs", "newest", "undone_at", "undone_by"}
    NEVER_COPIED: set[str] = set()

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.CheckConstraint(name="enterprises_merge_of_two", condition=~Q(kept=F("gone"))),
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at__isnull=True), name="enterprises_merged_away_once"
            ),
            models.CheckConstraint(
                name="enterprises_merge_undone_by_and_at_together",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="enterprises_merge_newest")]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"

    def get_absolute_url(self) -> str:
        return reverse("enterprises:merge-detail", args=[self.pk])

    @property
    def person_id(self) -> int:
        return self.kept_id

    @property
    def undo_until(self) -> dt.datetime:
        return self.at + self.UNDONE_WITHIN


class MergedRow(models.Model):
    """One row that a merge changed: what stood in it before and what stands after, ids, states and days alone.

    What a field that was empty took over from the other record is not written down here: it stands there still.
    """

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="rows")
    # The relation, as `portal/wiring.py` lists it, or the record's own field: "app.Model.field".
    path = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    # The row of the kept record that this one collided with.
    twin_id = models.BigIntegerField(null=True)

    SAFE_TO_COPY = {"id", "merge", "path", "row_id", "twin_id"}
    NEVER_COPIED = {"before", "after"}

    class Meta:
        indexes = [models.Index(fields=["merge", "path"], name="enterprises_merged_rows")]

    def __str__(self) -> str:
        return f"{self.path} {self.row_id}"

    @property
    def label(self) -> str:
        return self.path.rpartition(".")[0]

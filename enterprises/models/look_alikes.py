from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enterprises.likeness import Likeness, Reason
from enterprises.models.people import Person
from enterprises.querysets import LookAlikeQuerySet
from enterprises.states import LOOK_ALIKE_MOVES, LookAlikeState
from journal.models import Versioned


class LookAlike(Versioned):
    """Two records that could be one person. The nightly search finds them; a colleague says what they are, once."""

    MOVES = LOOK_ALIKE_MOVES

    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="look_alikes_after")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="look_alikes_before")
    state = models.CharField(max_length=10, choices=LookAlikeState.choices, default=LookAlikeState.SUSPECTED)
    points = models.SmallIntegerField()
    reasons = ArrayField(models.CharField(max_length=20, choices=Reason.choices))
    found_at = models.DateTimeField(default=timezone.now, editable=False)
    # Empty again where somebody doubts what was decided.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    SAFE_TO_COPY = {
        "id", "version", "first", "second", "state", "points", "reasons", "found_at", "decided_at", "decided_by",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = LookAlikeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="enterprises_look_alike_once"),
            models.CheckConstraint(name="enterprises_look_alike_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="enterprises_look_alike_decided_by_and_at_together",
                condition=Q(state="suspected", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="suspected") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["-points", "-id"], name="enterprises_look_alike_open", condition=Q(state="suspected"))
        ]

    def __str__(self) -> str:
        return f"{self.first_id} · {self.second_id}"

    @property
    def likeness(self) -> Likeness:
        return Likeness(self.points, tuple(Reason(reason) for reason in self.reasons))

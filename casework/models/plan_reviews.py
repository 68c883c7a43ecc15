from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.lots import Lot, drawn_with_place_and_day, not_by_its_author
from casework.models.plans import Step
from casework.querysets import PlanReviewQuerySet
from casework.states import PLAN_REVIEW_MOVES, PlanReviewState

USER = settings.AUTH_USER_MODEL


class PlanReview(Lot):
    """The lot of a plan of steps: whether it is read a second time, by whom, and what they said.

    The plan's first step holds it. The client never reads it.
    """

    DONE_AT = "agreed_at"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="plan_reviews")
    first_step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PlanReviewState.choices, default=PlanReviewState.SPARED)
    # Once there is a remark, `due_on` is the day by which it is talked over.
    read_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    talked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    talked_at = models.DateTimeField(null=True, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "case", "first_step", "author", "agreed_at", "state", "read_at", "drawn_at", "due_on",
        "read_by", "reviewed_at", "talked_by", "talked_at",
    }  # fmt: skip
    NEVER_COPIED = {"remark"}

    MOVES = PLAN_REVIEW_MOVES
    objects = PlanReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("second reading of a plan")
        verbose_name_plural = _("second readings of plans")
        indexes = [
            models.Index(fields=["read_at", "due_on", "id"], name="casework_plan_to_read", condition=Q(state="drawn")),
            models.Index(fields=["author", "agreed_at"], name="casework_plan_lot_by_author"),
        ]
        constraints = [
            drawn_with_place_and_day("casework_plan_drawn_with_place_and_day"),
            models.CheckConstraint(
                name="casework_plan_read_by_somebody",
                condition=Q(state__in=["spared", "drawn"], read_by__isnull=True, reviewed_at__isnull=True)
                | (Q(state__in=["sound", "remarked", "talked"]) & Q(read_by__isnull=False, reviewed_at__isnull=False)),
            ),
            not_by_its_author("casework_plan_not_read_by_its_author", "read_by"),
            models.CheckConstraint(
                name="casework_plan_remarked_with_a_remark",
                condition=~Q(state__in=["remarked", "talked"]) | ~Q(remark=""),
            ),
            models.CheckConstraint(
                name="casework_plan_talked_over_by_somebody",
                condition=Q(state="talked", talked_by__isnull=False, talked_at__isnull=False)
                | (~Q(state="talked") & Q(talked_by__isnull=True, talked_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"planreview {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:plan-review-detail", args=[self.pk])

    @property
    def all_writers(self) -> set[int]:
        """Whoever may not read it: its author, and who agreed any step of the plan as it stands."""
        return {self.author_id, *self.case.steps.values_list("set_by_id", flat=True)}

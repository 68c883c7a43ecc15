from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.models.trades import Trade
from casework.querysets import BusinessPlanQuerySet
from casework.states import BUSINESS_PLAN_MOVES, BusinessPlanState
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class BusinessPlan(OfCase, Versioned):
    """One page: what it costs, what it earns a month, own money, the loan wanted. Whole rupees.

    Written by one advisor and approved by another: the lender lends to approved plans. Sales, costs and the loan wanted
    are the sums of its lines; a plan that was written before plans had lines has the sums alone.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="business_plans")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=BusinessPlanState.choices, default=BusinessPlanState.DRAFT)
    purpose = models.CharField(_("what the money is for"), max_length=200)
    trade = models.ForeignKey(Trade, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # {part, code, name, name_ur, amount} each, in the words of the day on which it was written.
    lines = models.JSONField(default=list, db_default=[], blank=True)
    # What was sent for approval before and now, oldest first: the facts, the lines, when, and what its
    # reader said of it where they sent it back.
    versions = models.JSONField(default=list, db_default=[], blank=True)
    sales = models.PositiveIntegerField(_("sales a month"), validators=[MaxValueValidator(100_000_000)])
    costs = models.PositiveIntegerField(_("costs a month"), validators=[MaxValueValidator(100_000_000)])
    own_share = models.PositiveIntegerField(_("own money"), validators=[MaxValueValidator(100_000_000)])
    loan_wanted = models.PositiveIntegerField(
        _("loan wanted"), validators=[MinValueValidator(1), MaxValueValidator(10_000_000)]
    )
    months = models.PositiveSmallIntegerField(
        _("months to repay"), validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    # Who has it in hand: whoever changed it last. And all who ever wrote in it: none of them approves it.
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    writers = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True, editable=False)
    written_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # By when somebody goes on with it: a colleague reads it, the advisor completes it, or refers the client.
    due_on = models.DateField(null=True, blank=True)
    # The office above that reads it, where none but the author is at the case's own, or the sum is beyond what it
    # approves; empty: a colleague there does.
    read_at = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Since when that office, or the case's own, has it, where it came there later than it was sent.
    at_reader_since = models.DateField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    # The client does not want the loan for which it was approved: nobody waits for the referral.
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    SAFE_TO_COPY = {
        "id", "version", "case", "number", "state", "trade", "sales", "costs", "own_share", "loan_wanted", "months",
        "author", "writers", "written_at", "submitted_at", "due_on", "read_at", "at_reader_since", "returned_at",
        "approved_by",
        "approved_at", "set_aside_at", "set_aside_by",
    }  # fmt: skip
    NEVER_COPIED = {"purpose", "remark", "lines", "versions"}

    MOVES = BUSINESS_PLAN_MOVES
    objects = BusinessPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("business plan")
        verbose_name_plural = _("business plans")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="casework_business_plan_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state="approved"), name="casework_one_business_plan_in_the_making"
            ),
            models.CheckConstraint(
                name="casework_business_plan_submitted_has_due_day",
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_business_plan_approved_by_and_at_together",
                condition=Q(state="approved", approved_by__isnull=False, approved_at__isnull=False)
                | (~Q(state="approved") & Q(approved_by__isnull=True, approved_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="casework_only_an_approved_plan_is_set_aside",
                condition=Q(set_aside_at__isnull=True, set_aside_by__isnull=True)
                | Q(set_aside_at__isnull=False, set_aside_by__isnull=False, state="approved"),
            ),
            models.CheckConstraint(
                name="casework_business_plan_maker_is_not_checker",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("author")),
            ),
            models.CheckConstraint(
                name="casework_business_plan_checker_wrote_nothing",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by__among=F("writers")),
            ),
        ]

    def __str__(self) -> str:
        return f"business plan {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:business-plan-detail", args=[self.pk])

    @property
    def all_writers(self) -> set[int]:
        """Whoever wrote in it, now or before somebody changed it."""
        return {self.author_id, *self.writers}

    @property
    def needed(self) -> int:
        """What it costs to start or to grow: own money and the loan."""
        return self.own_share + self.loan_wanted

    @property
    def profit(self) -> int:
        """What is left a month, in rupees; may be negative."""
        return self.sales - self.costs

    @property
    def monthly_instalment(self) -> int:
        """Rupees a month if the loan wanted were repaid evenly, rounded up."""
        return -(-self.loan_wanted // self.months)

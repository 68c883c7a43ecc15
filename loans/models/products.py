"""Who lends, for what, and why not. Rows that administrators keep; no rule of a lender's is a constant in code."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from loans.querysets import RefusalReasonQuerySet
from places.models import Bilingual

# Rupees: far above any micro loan, far below what PostgreSQL's integer holds.
MOST_RUPEES = 100_000_000
MOST_MONTHS = 120
LIMIT: dict[str, Any] = {"null": True, "blank": True, "validators": [MaxValueValidator(100)]}


class Step(models.IntegerChoices):
    """How many months lie between two instalments; seasonal earners pay less often."""

    MONTHLY = 1, _("every month")
    TWO_MONTHS = 2, _("every 2 months")
    QUARTERLY = 3, _("every 3 months")
    HALF_YEARLY = 6, _("every 6 months")


class Rounding(models.TextChoices):
    NEAREST = "nearest", _("to the nearest, a tie goes down")
    UP = "up", _("always up")
    DOWN = "down", _("always down")


class FinancingPartner(Bilingual):
    """A lender. Akhuwat Islamic Microfinance is the first row, not a constant."""

    code = models.SlugField(_("code"), unique=True)
    office = models.OneToOneField(
        Office, on_delete=models.PROTECT, related_name="financing_partner", verbose_name=_("head office")
    )
    is_open = models.BooleanField(_("takes applications"), default=True)
    # What follows where an instalment is late, in days after its due day: of one due on the 7th the seeds are the 4th,
    # the 10th, 11th, 15th and 20th.
    remind_days = models.PositiveSmallIntegerField(
        _("reminder so many days before an instalment"), default=3, db_default=3, validators=[MaxValueValidator(28)]
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace before a late instalment is written about"), default=3, db_default=3
    )
    visit_days = models.PositiveSmallIntegerField(
        _("first visit so many days after the due day"), default=4, db_default=4
    )
    second_visit_days = models.PositiveSmallIntegerField(
        _("second visit so many days after the due day"), default=8, db_default=8
    )
    guarantor_days = models.PositiveSmallIntegerField(
        _("guarantors so many days after the due day"), default=13, db_default=13
    )
    promise_days = models.PositiveSmallIntegerField(
        _("an agreed day lies ahead by so many days at most"),
        default=30,
        db_default=30,
        validators=[MinValueValidator(1)],
    )
    is_lateness_verified = models.BooleanField(
        _("days of reminders and visits verified"), default=False, db_default=False
    )
    # What the pre-check tells and the lender weighs; empty sets no limit.
    most_loans = models.PositiveSmallIntegerField(
        _("running loans beside a new one, at most"), **LIMIT, help_text=_("0: the earlier loan is repaid first.")
    )
    most_guarantees = models.PositiveSmallIntegerField(_("running loans that one person vouches for, at most"), **LIMIT)
    most_at_home = models.PositiveSmallIntegerField(
        _("others in the household who repay a loan or vouch, at most"), **LIMIT
    )
    is_check_verified = models.BooleanField(_("limits of the check verified"), default=False, db_default=False)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "office", "is_open", "remind_days", "grace_days", "visit_days",
        "second_visit_days", "guarantor_days", "promise_days", "is_lateness_verified", "most_loans", "most_guarantees",
        "most_at_home", "is_check_verified",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("financing partner")
        verbose_name_plural = _("financing partners")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="loans_lateness_steps_in_order",
                condition=Q(grace_days__lt=F("visit_days"), visit_days__lt=F("second_visit_days"))
                & Q(second_visit_days__lt=F("guarantor_days"), guarantor_days__lte=365),
                violation_error_message=_(
                    "First the grace, then the visit, the second visit, and last the guarantors."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Product(Bilingual):
    """What a partner lends for, and on which terms. There is no place here for interest, a fee or a penalty."""

    partner = models.ForeignKey(
        FinancingPartner, on_delete=models.PROTECT, related_name="products", verbose_name=_("financing partner")
    )
    code = models.SlugField(_("code"))
    min_amount = models.IntegerField(_("smallest amount, rupees"), validators=[MinValueValidator(1)])
    max_amount = models.IntegerField(_("largest amount, rupees"), validators=[MaxValueValidator(MOST_RUPEES)])
    max_months = models.PositiveSmallIntegerField(_("most months"), validators=[MaxValueValidator(MOST_MONTHS)])
    step_months = models.PositiveSmallIntegerField(_("instalments"), choices=Step.choices, default=Step.MONTHLY)
    multiple = models.PositiveIntegerField(
        _("instalments in steps of, rupees"), default=100, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    rounding = models.CharField(_("rounding"), max_length=7, choices=Rounding.choices, default=Rounding.NEAREST)
    due_day = models.PositiveSmallIntegerField(
        _("due day of the month"), default=7, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    min_days_to_first = models.PositiveSmallIntegerField(
        _("days before the first instalment, at least"),
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    guarantors_needed = models.PositiveSmallIntegerField(_("guarantors needed"), default=2)
    family_may_guarantee = models.BooleanField(_("family may guarantee"), default=False)
    # What the pre-check tells and the lender weighs; empty: all that is left.
    most_share = models.PositiveSmallIntegerField(
        _("share of what is left a month that instalments may take, percent"), **LIMIT
    )
    quorum = models.PositiveSmallIntegerField(
        _("votes that decide"), default=2, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    is_qard = models.BooleanField(_("Qarz-e-Hasan: free of interest, fee and penalty"), default=True)
    requires_course = models.BooleanField(_("a finished course comes first"), default=False)
    is_open = models.BooleanField(_("offered"), default=True)
    is_verified = models.BooleanField(_("facts verified"), default=False)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "partner", "code", "min_amount", "max_amount", "max_months", "step_months", "multiple",
        "rounding", "due_day", "min_days_to_first", "guarantors_needed", "family_may_guarantee", "quorum", "is_qard",
        "most_share",
        "requires_course", "is_open", "is_verified",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("loan product")
        verbose_name_plural = _("loan products")
        ordering = ["partner", "-is_open", "name"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "code"], name="loans_product_code_once"),
            models.CheckConstraint(
                name="loans_product_amounts_in_order",
                condition=Q(min_amount__gt=0, max_amount__gte=F("min_amount"), max_amount__lte=MOST_RUPEES),
                violation_error_message=_("The largest amount is smaller than the smallest."),
            ),
            models.CheckConstraint(
                name="loans_product_step_is_known",
                condition=Q(step_months__in=Step.values, max_months__gte=F("step_months"), max_months__lte=MOST_MONTHS),
                violation_error_message=_("The months must hold at least one instalment."),
            ),
            models.CheckConstraint(
                name="loans_product_rounds", condition=Q(multiple__gt=0, rounding__in=Rounding.values)
            ),
            models.CheckConstraint(name="loans_product_due_day_in_every_month", condition=Q(due_day__range=(1, 28))),
            # No loan falls due on the day on which the money is given.
            models.CheckConstraint(
                name="loans_product_first_instalment_comes_later", condition=Q(min_days_to_first__range=(1, 366))
            ),
            models.CheckConstraint(name="loans_product_is_decided_by_somebody", condition=Q(quorum__gte=1)),
            # Loans that are not Qarz-e-Hasan come with the schemes that need them, and with their own cost basis.
            models.CheckConstraint(
                name="loans_product_is_qard",
                condition=Q(is_qard=True),
                violation_error_message=_("Only Qarz-e-Hasan can be offered here."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def counts(self, months: int) -> int:
        """How many instalments `months` hold."""
        return months // self.step_months


class RefusalReason(Bilingual):
    """Why an application is not approved: always with what to do about it, and when to ask again."""

    code = models.SlugField(_("code"), unique=True)
    remedy = models.CharField(_("what to do, in English"), max_length=300)
    remedy_ur = models.CharField(_("what to do, in Urdu"), max_length=300)
    months_until_again = models.PositiveSmallIntegerField(
        _("months until one may ask again"), default=3, validators=[MaxValueValidator(36)]
    )
    needs_text = models.BooleanField(_("needs an explanation"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)
    # The rule of `loans.precheck` that says the same before anybody applies; empty where none can.
    rule = models.SlugField(_("rule of the check before applying"), blank=True, default="", db_default="")

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "remedy", "remedy_ur", "months_until_again", "needs_text", "order", "is_open",
        "rule",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = RefusalReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason for refusal")
        verbose_name_plural = _("reasons for refusal")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.label

    @property
    def remedy_label(self) -> str:
        """What to do about it, in the reader's language."""
        return self.in_language("remedy")

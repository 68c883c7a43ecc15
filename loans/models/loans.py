"""A loan: frozen facts, the terms in force, three totals, and the day on which the next instalment falls due."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cast, Greatest, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from enterprises.models import Enterprise, Person, Sector, Sex
from loans import schedule
from loans.models.applications import Application
from loans.models.products import MOST_RUPEES, FinancingPartner, Product, Rounding, Step
from loans.querysets import LoanQuerySet, TermsQuerySet
from places.models import District

# make_interval refuses bigint, so every number in it is an IntegerField.
PAID_IN_TERMS = Greatest(F("paid_total") - F("paid_before"), Value(0))
INSTALMENTS_COVERED = Least(PAID_IN_TERMS / F("instalment"), F("count") - Value(1))
MONTHS_ON = Func(
    F("step_months") * INSTALMENTS_COVERED,
    template="make_interval(months => %(expressions)s)",
    output_field=models.DurationField(),
)
NOTHING_DUE = Q(ended_on__isnull=False) | Q(principal__lte=F("paid_total") + F("waived_total"))
NEXT_DUE_ON = Case(
    When(NOTHING_DUE, then=Value(None)),
    default=Cast(F("first_due_on") + MONTHS_ON, models.DateField()),
    output_field=models.DateField(),
)


class Loan(models.Model):
    """Money given without interest, inserted when it is paid out. The frozen facts never change, nor can be empty.

    Only the kind of work may be missing: nobody had said it.

    The schedule is derived from the terms (`loans.schedule`), and so is `next_due_on`, inside the database: neither a
    nightly job nor stored instalments can disagree with the ledger. Django leaves it stale after `save()`, so every
    posting ends with `refresh_from_db(fields=["next_due_on"])`.
    """

    class End(models.TextChoices):
        REPAID = "repaid", _("Repaid")
        WAIVED = "waived", _("Waived")
        WRITTEN_OFF = "written_off", _("Written off")
        CANCELLED = "cancelled", _("Money given back")

    reference = models.CharField(_("loan number"), max_length=20, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="loan")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="loans")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="loans")
    partner = models.ForeignKey(FinancingPartner, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    scheme = models.ForeignKey(
        "loans.FundingScheme", on_delete=models.PROTECT, related_name="+", verbose_name=_("funding scheme")
    )
    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch"))
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("kind of business")
    )
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices)
    disbursed_on = models.DateField(_("paid out on"))
    principal = models.IntegerField(_("amount, rupees"))

    # The terms in force: version `terms_number` of `Terms`.
    terms_number = models.PositiveSmallIntegerField(default=1)
    instalment = models.IntegerField(_("instalment, rupees"))
    count = models.IntegerField(_("instalments"))
    step_months = models.IntegerField(_("months between two instalments"), choices=Step.choices)
    multiple = models.IntegerField(_("instalments in steps of, rupees"))
    rounding = models.CharField(_("rounding"), max_length=7, choices=Rounding.choices)
    first_due_on = models.DateField(_("first instalment due"))
    # What was paid when the present terms began, so that new terms cannot hide arrears.
    paid_before = models.IntegerField(_("paid under the terms before, rupees"), default=0)

    paid_total = models.IntegerField(_("paid, rupees"), default=0)
    waived_total = models.IntegerField(_("waived, rupees"), default=0)
    written_off_total = models.IntegerField(_("written off, rupees"), default=0)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    ended_as = models.CharField(_("how it ended"), max_length=12, choices=End.choices, blank=True)
    # The misfortune for which nobody reminds, visits for money or asks a guarantor.
    frozen_for = models.ForeignKey(
        "loans.Misfortune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rests",
        verbose_name=_("rests because of"),
    )
    next_due_on = models.GeneratedField(
        verbose_name=_("next due day"), expression=NEXT_DUE_ON, output_field=models.DateField(), db_persist=True
    )

    SAFE_TO_COPY = {
        "id", "reference", "application", "enterprise", "person", "partner", "product", "scheme", "branch", "district",
        "sector", "sex", "disbursed_on", "principal", "terms_number", "instalment", "count", "step_months", "multiple",
        "rounding", "first_due_on", "paid_before", "paid_total", "waived_total", "written_off_total", "ended_on",
        "ended_as", "frozen_for", "next_due_on",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        indexes = [
            models.Index(
                fields=["branch", "next_due_on", "id"],
                name="loans_due_by_branch",
                condition=Q(next_due_on__isnull=False),
            ),
            # Portfolio at risk by district reads the index alone.
            models.Index(
                fields=["district", "next_due_on"],
                include=["principal", "paid_total", "waived_total"],
                name="loans_due_by_district",
                condition=Q(next_due_on__isnull=False),
            ),
            models.Index(fields=["next_due_on", "id"], name="loans_due", condition=Q(next_due_on__isnull=False)),
            models.Index(fields=["branch", "disbursed_on", "id"], name="loans_by_branch"),
            models.Index(fields=["reference"], name="loans_by_reference"),
            # What left a fund and what came back to it reads the index alone.
            models.Index(
                fields=["scheme", "sex"],
                include=["principal", "paid_total"],
                name="loans_by_scheme",
                condition=~Q(ended_as="cancelled"),
            ),
        ]
        constraints = [
            # Branch first in every unique key of loans and ledger: sharding by branch stays open.
            models.UniqueConstraint(fields=["branch", "reference"], name="loans_reference_once"),
            models.CheckConstraint(
                name="loans_principal_is_lent",
                condition=Q(principal__range=(1, MOST_RUPEES), multiple__gte=1, first_due_on__gt=F("disbursed_on")),
            ),
            models.CheckConstraint(name="loans_step_is_known", condition=Q(step_months__in=Step.values)),
            # The last instalment, which takes the remainder, is positive. What has ended has none to come.
            models.CheckConstraint(
                name="loans_last_instalment_is_positive",
                condition=Q(instalment__gt=0, count__gte=1)
                & (
                    Q(ended_on__isnull=False)
                    | Q(principal__gt=F("instalment") * (F("count") - 1) + F("paid_before") + F("waived_total"))
                ),
            ),
            models.CheckConstraint(
                name="loans_totals_fit_the_principal",
                condition=Q(paid_before__gte=0, paid_total__gte=0, waived_total__gte=0, written_off_total__gte=0)
                & Q(principal__gte=F("paid_total") + F("waived_total") + F("written_off_total")),
            ),
            models.CheckConstraint(
                name="loans_end_when_nothing_is_left",
                condition=Q(ended_on=None, ended_as="", written_off_total=0)
                & Q(principal__gt=F("paid_total") + F("waived_total"))
                | Q(ended_on__isnull=False, ended_as__in=["repaid", "waived", "written_off"])
                & Q(principal=F("paid_total") + F("waived_total") + F("written_off_total"))
                | Q(ended_on__isnull=False, ended_as="cancelled", paid_total=0, waived_total=0, written_off_total=0),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("loans:loan-detail", args=[self.pk])

    @property
    def balance(self) -> int:
        """Rupees that are still owed."""
        if self.ended_as == self.End.CANCELLED:
            return 0
        return self.principal - self.paid_total - self.waived_total - self.written_off_total

    @property
    def owed(self) -> int:
        """Rupees that the borrower still owes: a write-off is in the lender's own book, and takes nothing off."""
        return self.balance + self.written_off_total

    @property
    def is_live(self) -> bool:
        return self.ended_on is None

    @property
    def is_frozen(self) -> bool:
        """It rests: somebody told that the borrower died or cannot work any more, and that is not settled yet."""
        return self.frozen_for_id is not None

    def instalments(self) -> list[schedule.Instalment]:
        """The schedule of the terms in force."""
        spread_over = self.principal - self.paid_before - self.waived_total
        return schedule.spread(
            spread_over, self.instalment, self.count, self.first_due_on, step_months=self.step_months
        )

    def due_by(self, day: date) -> int:
        """Rupees of the terms in force that fell due until `day` and are not paid yet."""
        fallen_due = sum(instalment.amount for instalment in self.instalments() if instalment.due_on <= day)
        return max(fallen_due - max(self.paid_total - self.paid_before, 0), 0) if self.is_live else 0


class Terms(models.Model):
    """One version of a loan's terms, with its reason and who approved it. Old versions stay; a trigger sees to it."""

    class Reason(models.TextChoices):
        DISBURSEMENT = "disbursement", _("As agreed when the money was given")
        RESCHEDULED = "rescheduled", _("Rescheduled at the borrower's request")
        RELIEF = "relief", _("Relief after flood, illness or the like")
        WAIVER = "waiver", _("After a part was waived")
        RESTED = "rested", _("After days on which the loan rested")
        CORRECTED = "corrected", _("After a receipt of earlier terms was reversed")

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="terms")
    branch = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=12, choices=Reason.choices)
    principal = models.IntegerField()
    instalment = models.IntegerField()
    count = models.IntegerField()
    step_months = models.IntegerField(choices=Step.choices)
    multiple = models.IntegerField()
    rounding = models.CharField(max_length=7, choices=Rounding.choices)
    first_due_on = models.DateField()
    paid_before = models.IntegerField(default=0)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {
        "id", "loan", "branch", "number", "reason", "principal", "instalment", "count", "step_months", "multiple",
        "rounding", "first_due_on", "paid_before", "approved_by", "from_at",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = TermsQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms of a loan")
        verbose_name_plural = _("terms of loans")
        ordering = ["loan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "loan", "number"], name="loans_terms_number_once"),
            models.CheckConstraint(
                name="loans_terms_end_in_a_positive_instalment",
                condition=Q(instalment__gt=0, count__gte=1, number__gte=1, step_months__in=Step.values)
                & Q(principal__gt=F("instalment") * (F("count") - 1)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loan_id} · {self.number}"

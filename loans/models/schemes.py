"""Whose money it is: the funds out of which a partner lends, what may be lent out of each, and what came in."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from loans.models.products import MOST_MONTHS, MOST_RUPEES, FinancingPartner, Product
from loans.querysets import OfferQuerySet, PurseEntryQuerySet, SchemeQuerySet
from places.models import Bilingual, District

AGE = {"null": True, "blank": True, "validators": [MinValueValidator(15), MaxValueValidator(100)]}
CEILING = {"null": True, "blank": True, "validators": [MinValueValidator(1), MaxValueValidator(MOST_RUPEES)]}


class FundingScheme(Bilingual):
    """A fund with its own ceilings, ages, area and money: the lender's own, a government's, a donor's.

    Empty means that the scheme sets no limit of its own. What it has is the sum of rows: `loans.purse`.
    """

    partner = models.ForeignKey(
        FinancingPartner, on_delete=models.PROTECT, related_name="schemes", verbose_name=_("financing partner")
    )
    code = models.SlugField(_("code"), unique=True)
    is_qard = models.BooleanField(_("Qarz-e-Hasan: free of interest, fee and penalty"), default=True)
    fixed_cost = models.PositiveIntegerField(
        _("fixed fee of the fund, rupees"),
        default=0,
        validators=[MaxValueValidator(10_000)],
        help_text=_("Never for Qarz-e-Hasan, never a percentage, and never taken off the loan."),
    )
    cost_basis = models.CharField(
        _("which cost the fixed fee covers"),
        max_length=200,
        blank=True,
        help_text=_("A fixed fee without it cannot be saved."),
    )
    max_amount = models.IntegerField(_("largest amount, rupees"), **CEILING)  # type: ignore[arg-type]
    least_age = models.PositiveSmallIntegerField(_("youngest age"), **AGE)  # type: ignore[arg-type]
    most_age = models.PositiveSmallIntegerField(_("oldest age at the last instalment"), **AGE)  # type: ignore[arg-type]
    women_share = models.PositiveSmallIntegerField(
        _("share for women, percent of the loans"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    districts = models.ManyToManyField(
        District, blank=True, related_name="+", verbose_name=_("districts"), help_text=_("None chosen: everywhere.")
    )
    is_revolving = models.BooleanField(_("what is paid back is lent again"), default=True)
    # What the lender puts into its own fund is not counted here.
    is_counted = models.BooleanField(
        _("approvals stop at the money received"),
        default=True,
        help_text=_("Take the tick away for the lender's own money, which is counted elsewhere."),
    )
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"), null=True, blank=True)
    is_verified = models.BooleanField(_("facts verified"), default=False)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "partner", "code", "is_qard", "fixed_cost", "cost_basis", "max_amount", "least_age",
        "most_age", "women_share", "is_revolving", "is_counted", "opens_on", "closes_on", "is_verified",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("funding scheme")
        verbose_name_plural = _("funding schemes")
        ordering = ["partner", "name"]
        constraints = [
            models.CheckConstraint(
                name="loans_scheme_qard_costs_nothing",
                condition=Q(is_qard=False) | Q(fixed_cost=0, cost_basis=""),
                violation_error_message=_("Qarz-e-Hasan carries no fee at all."),
            ),
            models.CheckConstraint(
                name="loans_scheme_fee_has_its_basis",
                condition=Q(fixed_cost=0) | ~Q(cost_basis=""),
                violation_error_message=_("Write which cost the fixed fee covers."),
            ),
            models.CheckConstraint(
                name="loans_scheme_ages_in_order",
                condition=Q(least_age=None) | Q(most_age=None) | Q(most_age__gte=F("least_age")),
                violation_error_message=_("The oldest age is below the youngest."),
            ),
            models.CheckConstraint(
                name="loans_scheme_days_in_order",
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="loans_scheme_lends_something",
                condition=Q(max_amount=None) | Q(max_amount__range=(1, MOST_RUPEES)),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("loans:fund-detail", args=[self.pk])

    def lends_on(self, day: date) -> bool:
        """The other face of `OfferQuerySet.in_force`."""
        return self.opens_on <= day and (self.closes_on is None or day <= self.closes_on)

    @property
    def ages_in_words(self) -> str:
        """Whom the fund lends to by age: empty where it sets no limit."""
        said = {"least": self.least_age, "most": self.most_age}
        if self.least_age is None:
            return gettext("up to %(most)s at the last instalment") % said if self.most_age else ""
        if self.most_age is None:
            return gettext("from %(least)s") % said
        return gettext("from %(least)s, up to %(most)s at the last instalment") % said

    @property
    def cost_in_words(self) -> str:
        """What the loan costs: nothing, or the fixed fee with what it covers."""
        if not self.fixed_cost:
            return gettext("None, ever")
        said = {"cost": f"{self.fixed_cost:,}", "basis": self.cost_basis}
        return gettext("Rs %(cost)s once, for: %(basis)s") % said


class Offer(models.Model):
    """A product as one scheme pays for it. Eligibility belongs to the pair; the narrower limit of the two holds."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="offers", verbose_name=_("product"))
    scheme = models.ForeignKey(
        FundingScheme, on_delete=models.PROTECT, related_name="offers", verbose_name=_("funding scheme")
    )
    max_amount = models.IntegerField(_("largest amount, rupees"), **CEILING)  # type: ignore[arg-type]
    max_months = models.PositiveSmallIntegerField(
        _("most months"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered"), default=True)

    SAFE_TO_COPY = {"id", "product", "scheme", "max_amount", "max_months", "order", "is_open"}
    NEVER_COPIED: set[str] = set()

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer: a product out of a scheme")
        verbose_name_plural = _("offers: products out of schemes")
        ordering = ["order", "product__name", "scheme__name"]
        constraints = [
            models.UniqueConstraint(fields=["product", "scheme"], name="loans_offer_once"),
            models.CheckConstraint(
                name="loans_offer_lends_something",
                condition=(Q(max_amount=None) | Q(max_amount__range=(1, MOST_RUPEES)))
                & (Q(max_months=None) | Q(max_months__range=(1, MOST_MONTHS))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.scheme}"

    @property
    def most(self) -> int:
        """The largest amount, rupees: the narrowest of product, scheme and offer."""
        return min(filter(None, (self.product.max_amount, self.scheme.max_amount, self.max_amount)))

    @property
    def longest(self) -> int:
        """The most months that hold whole instalments."""
        months = min(filter(None, (self.product.max_months, self.max_months)))
        return months - months % self.product.step_months

    @property
    def months_in_words(self) -> str:
        """Over which months it is repaid: 6 months; 1 to 36 months; 3 to 18 months, in steps of 3."""
        most, step = self.longest, self.product.step_months
        if most == step:
            return ngettext("%(most)s month", "%(most)s months", most) % {"most": most}
        said = (
            gettext("%(least)s to %(most)s months")
            if step == 1
            else gettext("%(least)s to %(most)s months, in steps of %(least)s")
        )
        return said % {"least": step, "most": most}


class PurseEntry(models.Model):
    """Money that a funder gave, or that went back. Never changed; it counts once a second person agreed."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received from the funder")
        RETURNED = "returned", _("returned to the funder")

    scheme = models.ForeignKey(
        FundingScheme, on_delete=models.PROTECT, related_name="purse", verbose_name=_("funding scheme")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    amount = models.BigIntegerField(_("amount, rupees"), validators=[MinValueValidator(1)])
    on = models.DateField(_("day"))
    paper = models.CharField(_("letter or bank slip"), max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("typed at"), default=timezone.now)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)

    SAFE_TO_COPY = {"id", "scheme", "kind", "amount", "on", "by", "at", "checked_by", "checked_at"}
    NEVER_COPIED = {"paper"}

    objects = PurseEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("money of a funder")
        verbose_name_plural = _("money of funders")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "kind", "paper"],
                name="loans_paper_of_a_funder_once",
                violation_error_message=_("Money with this paper is written down already."),
            ),
            models.CheckConstraint(
                name="loans_purse_moves_money", condition=Q(amount__gte=1, kind__in=["received", "returned"])
            ),
            models.CheckConstraint(
                name="loans_purse_checked_by_and_at_together",
                condition=Q(checked_by=None, checked_at=None) | Q(checked_by__isnull=False, checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="loans_purse_checker_is_somebody_else", condition=Q(checked_by=None) | ~Q(checked_by=F("by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

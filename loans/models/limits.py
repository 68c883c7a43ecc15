"""Whose yes it takes for which amount: the lender's approval matrix, dated, for all products or for one."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.products import MOST_RUPEES, FinancingPartner, Product
from loans.querysets import ApprovalLimitQuerySet


class Level(models.TextChoices):
    """As what a member votes, from the branch upwards. The head office decides what no limit below it covers."""

    BRANCH = "branch", _("Branch manager")
    AREA = "area", _("Area manager")
    HEAD = "head", _("Head office")

    @property
    def rank(self) -> int:
        return list(Level).index(self)


class ApprovalLimit(models.Model):
    """Up to which amount the yes of a level carries a decision. One of a product takes the place of the general ones.

    A limit that ends gets its last day: what was decided under it stays explained.
    """

    partner = models.ForeignKey(
        FinancingPartner, on_delete=models.PROTECT, related_name="limits", verbose_name=_("financing partner")
    )
    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="limits",
        verbose_name=_("product"),
        help_text=_("Empty: for all products that have no limits of their own."),
    )
    level = models.CharField(_("whose yes"), max_length=6, choices=Level.choices)
    up_to = models.IntegerField(
        _("carries up to, rupees"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RUPEES)],
        help_text=_("Empty: any amount. What nobody's limit covers the head office decides."),
    )
    from_on = models.DateField(_("first day"), default=timezone.localdate)
    until_on = models.DateField(_("last day"), null=True, blank=True)
    is_verified = models.BooleanField(_("facts verified"), default=False)

    SAFE_TO_COPY = {"id", "partner", "product", "level", "up_to", "from_on", "until_on", "is_verified"}
    NEVER_COPIED: set[str] = set()

    objects = ApprovalLimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval limit")
        verbose_name_plural = _("approval limits")
        ordering = ["partner", "product", "from_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "product", "level", "from_on"],
                name="loans_limit_once_a_day",
                nulls_distinct=False,
                violation_error_message=_("This limit begins on that day already."),
            ),
            models.CheckConstraint(
                name="loans_limit_in_order",
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                name="loans_limit_is_an_amount", condition=Q(up_to=None) | Q(up_to__range=(1, MOST_RUPEES))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.partner}"

    def clean(self) -> None:
        """Refuse a product of another lender, and days on which another limit of the same kind holds."""
        if self.product is not None and self.product.partner_id != self.partner_id:
            raise ValidationError({"product": _("This is a product of another lender.")})
        same = ApprovalLimit.objects.filter(partner=self.partner_id, level=self.level).exclude(pk=self.pk)
        same = same.filter(product=self.product) if self.product is not None else same.filter(product__isnull=True)
        if same.overlapping(self.from_on, self.until_on or date.max).exists():
            raise ValidationError(
                {"from_on": _("Another limit holds on these days. Give that one its last day first.")}
            )

    def covers(self, amount: int) -> bool:
        return self.up_to is None or amount <= self.up_to

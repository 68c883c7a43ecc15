from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.querysets import LONGEST_CHAIN, OfficeDistrictQuerySet, OfficeQuerySet
from places.models import Bilingual, District


class Office(Bilingual):
    """A place with a telephone: SMEDA's offices cover districts, a lender's branches belong to area and region."""

    class Organisation(models.TextChoices):
        SMEDA = "smeda", _("SMEDA")
        LENDER = "lender", _("Lender")
        OTHER = "other", _("Other partner")

    code = models.SlugField(_("code"), unique=True)
    organisation = models.CharField(_("organisation"), max_length=10, choices=Organisation.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    depth = models.PositiveSmallIntegerField(_("level"), default=0, help_text=_("0 is the head office."))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_ur = models.CharField(_("address in Urdu"), max_length=200, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    hours_ur = models.CharField(_("opening hours in Urdu"), max_length=120, blank=True)
    opened_on = models.DateField(_("first day"), null=True, blank=True, help_text=_("Leave it empty if not known."))
    closed_on = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("The first day on which it is not open. History stays.")
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
        help_text=_("Serves what this office covered, from the day it closed."),
    )
    is_verified = models.BooleanField(_("facts verified"), default=False)
    plan_limit = models.PositiveIntegerField(
        _("approves business plans up to"),
        null=True,
        blank=True,
        help_text=_("Loan wanted, in rupees. Larger ones are read by the office above. Empty: any sum."),
    )

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "organisation", "parent", "depth", "phone", "address", "address_ur", "hours",
        "hours_ur", "opened_on", "closed_on", "successor", "is_verified",
        "plan_limit",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["depth", "name"]
        constraints = [
            models.CheckConstraint(
                name="accounts_office_closes_after_it_opens",
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                violation_error_message=_("It cannot close before it opens."),
            ),
            models.CheckConstraint(
                name="accounts_successor_of_a_closed_office",
                condition=Q(successor__isnull=True) | (Q(closed_on__isnull=False) & ~Q(successor=F("id"))),
                violation_error_message=_("Only an office that closes has a successor, and it is another office."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("accounts:office-detail", args=[self.code])

    def clean(self) -> None:
        """Refuse a successor of another organisation, one that had closed before, a circle and a chain too long."""
        if self.successor is None or self.closed_on is None:
            return
        if self.successor.organisation != self.organisation:
            raise ValidationError({"successor": _("The successor must belong to the same organisation.")})
        chain = [self.pk]
        office: Office | None = self.successor
        while office is not None:
            if office.pk in chain:
                raise ValidationError({"successor": _("These offices would succeed each other in a circle.")})
            chain.append(office.pk)
            office = office.successor
        if len(chain) + self.chain_behind() > LONGEST_CHAIN:
            raise ValidationError({"successor": _("This chain of successors is too long. Name the last office.")})

    def chain_behind(self) -> int:
        """How many closed offices, one behind the other, lead to this one."""
        behind, edge = 0, {self.pk}
        while behind < LONGEST_CHAIN and self.pk is not None:
            edge = set(Office.objects.filter(successor_id__in=edge).values_list("id", flat=True))
            if not edge:
                break
            behind += 1
        return behind

    def is_open(self, *, on: date) -> bool:
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or self.closed_on > on)

    def heir(self, *, on: date) -> "Office | None":
        """The office itself while it is open, else the first successor that is; none where nobody took over."""
        office: Office | None = self
        while office is not None and not office.is_open(on=on):
            office = office.successor
        return office


class OfficeDistrict(models.Model):
    """From when to when an office covers a district. A branch of the lender lends there; SMEDA's office sees it."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cover", verbose_name=_("office"))
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    SAFE_TO_COPY = {"id", "office", "district", "from_on", "until_on"}
    NEVER_COPIED: set[str] = set()

    objects = OfficeDistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("district covered")
        verbose_name_plural = _("districts covered")
        constraints = [
            models.UniqueConstraint(fields=["office", "district", "from_on"], name="accounts_cover_once"),
            models.CheckConstraint(
                name="accounts_cover_in_order", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} · {self.district}"

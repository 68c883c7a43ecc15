from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprises import Enterprise
from enterprises.models.people import Person
from enterprises.querysets import SizeClassQuerySet, StatementQuerySet
from places.models import Bilingual


class Statement(models.Model):
    """Who stated what stands in a field now: one row a field. What stood there before is in the journal.

    `field` is a field of the person or of the enterprise; `by` is who wrote it down, the portal itself where the
    person did so without signing in.
    """

    class Source(models.TextChoices):
        SELF = "self", _("said by themselves")
        ASSISTED = "assisted", _("written down for them")
        CARD = "card", _("read from the card")
        PAPER = "paper", _("read from a paper")
        IMPORT = "import", _("taken from a list")
        RELEASED = "released", _("taken off after a look at the card")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="statements")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="statements")
    field = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=Source.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # When the person said that it is wrong; whoever states the field anew takes that away.
    disputed_at = models.DateTimeField(null=True)
    # Of what was read from a card: when the person had said the same.
    said_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "person", "enterprise", "field", "source", "by", "at", "disputed_at", "said_at"}
    NEVER_COPIED: set[str] = set()

    objects = StatementQuerySet.as_manager()

    class Meta:
        indexes = [
            # Few of very many, asked for by every desk.
            models.Index(
                fields=["disputed_at"], condition=Q(disputed_at__isnull=False), name="enterprises_called_wrong"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="enterprises_statement_of_person_or_enterprise",
                condition=Q(person__isnull=False, enterprise__isnull=True)
                | Q(person__isnull=True, enterprise__isnull=False),
            ),
            # One index serves both: of the two columns one is always empty, and empty counts as equal.
            models.UniqueConstraint(
                fields=["person", "enterprise", "field"], nulls_distinct=False, name="enterprises_stated_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.source}"

    @property
    def said_first_at(self) -> Any:
        """When the person said it, before an officer read the same from the card."""
        return self.said_at or self.at

    @property
    def subject(self) -> Any:
        """The person, or the enterprise."""
        return self.person or self.enterprise

    @property
    def whose(self) -> str:
        """Of which of the two an event says that the field is: "person.name" is not "enterprise.name"."""
        return "person" if self.person_id else "enterprise"


class SizeClass(Bilingual):
    """Up to which yearly sales an enterprise counts as micro, small or medium, and from when to when that holds.

    Sales are stored, the class is derived: before 2025 "small" began at nought, so a stored class would lie.
    """

    code = models.SlugField(_("code"))
    up_to = models.BigIntegerField(_("yearly sales up to (Rs)"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    rule = models.CharField(_("where the rule stands"), max_length=200, blank=True)
    is_verified = models.BooleanField(_("facts verified"), default=False)

    SAFE_TO_COPY = {"id", "name", "name_ur", "code", "up_to", "from_on", "until_on", "rule", "is_verified"}
    NEVER_COPIED: set[str] = set()

    objects = SizeClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("size class")
        verbose_name_plural = _("size classes")
        ordering = ["from_on", "up_to"]
        constraints = [
            models.UniqueConstraint(fields=["code", "from_on"], name="enterprises_size_class_once"),
            models.CheckConstraint(name="enterprises_size_class_above_nought", condition=Q(up_to__gt=0)),
            models.CheckConstraint(
                name="enterprises_size_class_in_order",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
        ]

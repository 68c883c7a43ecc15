from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprises import Enterprise
from enterprises.models.people import Person
from enterprises.models.statements import Statement
from enterprises.querysets import AddressQuerySet
from journal.models import Versioned
from places.models import District


class Address(Versioned):
    """Where a person lives, where the card says they do, or where the business is; from one statement to the next.

    A row is never edited: a new statement ends it, so that it stays known who said what, and when. Tehsil and union
    council are words, and "not known" is an answer.
    """

    class Kind(models.TextChoices):
        PRESENT = "present", _("Present address")
        PERMANENT = "permanent", _("Permanent address")
        BUSINESS = "business", _("Place of the business")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="addresses")
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="addresses"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    tehsil = models.CharField(_("tehsil or taluka"), max_length=80, blank=True)
    tehsil_unknown = models.BooleanField(_("tehsil not known"), default=False)
    union_council = models.CharField(_("union council"), max_length=80, blank=True)
    union_council_unknown = models.BooleanField(_("union council not known"), default=False)
    place = models.CharField(_("mohalla, street or village"), max_length=200, blank=True)
    landmark = models.CharField(_("landmark"), max_length=200, blank=True)
    source = models.CharField(_("how it is known"), max_length=10, choices=Statement.Source.choices)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(default=timezone.now, editable=False)
    until_at = models.DateTimeField(null=True, editable=False)

    SAFE_TO_COPY = {
        "id", "version", "person", "enterprise", "kind", "district", "tehsil_unknown", "union_council_unknown",
        "source", "stated_by", "stated_at", "until_at",
    }  # fmt: skip
    NEVER_COPIED = {"tehsil", "union_council", "place", "landmark"}

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.CheckConstraint(
                name="enterprises_address_of_a_person_or_a_business",
                condition=Q(kind="business", enterprise__isnull=False, person__isnull=True)
                | Q(kind__in=["present", "permanent"], person__isnull=False, enterprise__isnull=True),
            ),
            models.CheckConstraint(
                name="enterprises_tehsil_or_not_known", condition=Q(tehsil="") | Q(tehsil_unknown=False)
            ),
            models.CheckConstraint(
                name="enterprises_council_or_not_known",
                condition=Q(union_council="") | Q(union_council_unknown=False),
            ),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(until_at__isnull=True), name="enterprises_person_lives_once"
            ),
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(until_at__isnull=True), name="enterprises_business_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

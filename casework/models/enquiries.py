from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.models.cases import Channel
from casework.models.parts import Typed, taken_out_by_who_typed_it
from casework.querysets import EnquiryQuerySet, HelpdeskEventQuerySet
from enterprises.models import Enterprise, Sector
from places.models import Bilingual, District

USER = settings.AUTH_USER_MODEL


class Topic(Bilingual):
    """What an enquiry is about, as the helpdesk counts it."""

    code = models.SlugField(_("code"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    SAFE_TO_COPY = {"id", "name", "name_ur", "code", "order"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("topic of enquiries")
        verbose_name_plural = _("topics of enquiries")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.label


class HelpdeskEvent(models.Model):
    """A day on which a helpdesk stood somewhere: at a chamber, a university, a market. It holds its enquiries."""

    class Kind(models.TextChoices):
        CHAMBER = "chamber", _("Chamber or association")
        UNIVERSITY = "university", _("University or college")
        CLUSTER = "cluster", _("Cluster of workshops")
        MARKET = "market", _("Market or fair")
        MOSQUE = "mosque", _("Mosque or neighbourhood")
        OTHER = "other", _("Another place")

    name = models.CharField(_("name of the event"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name=_("district"))
    on = models.DateField(_("on"))
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    SAFE_TO_COPY = {"id", "name", "kind", "district", "on", "office", "by"}
    NEVER_COPIED: set[str] = set()

    objects = HelpdeskEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("helpdesk event")
        verbose_name_plural = _("helpdesk events")
        indexes = [models.Index(fields=["-on", "-id"], name="casework_event_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "on", "name"],
                name="casework_event_once",
                violation_error_message=_("This event is on the list already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Enquiry(Typed):
    """A question answered at the helpdesk. Most of a day's work; not a case, no clock.

    `enterprise` is the lead that became of it.
    """

    channel = models.CharField(_("how they came"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, verbose_name=_("about"))
    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of work")
    )
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name=_("district"))
    event = models.ForeignKey(
        HelpdeskEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiries",
        verbose_name=_("event"),
    )
    answer = models.CharField(_("answer given"), max_length=300)
    name = models.CharField(_("name, if they gave it"), max_length=120, blank=True)
    phone = models.CharField(_("phone, if they gave it"), max_length=16, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    SAFE_TO_COPY = {
        "id", "channel", "topic", "sector", "district", "event", "office", "by", "at", "enterprise",
        "removed_at", "removed_by",
    }  # fmt: skip
    NEVER_COPIED = {"answer", "name", "phone", "removed_because"}

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["district", "-at", "-id"], name="casework_enquiry_by_district"),
            models.Index(fields=["phone"], name="casework_enquiry_by_phone"),
            models.Index(fields=["at", "id"], name="casework_enquiry_by_moment"),
            models.Index(fields=["by", "-at"], name="casework_enquiry_by_whom"),
        ]
        constraints = [taken_out_by_who_typed_it("casework_enquiry_removed_by_typist")]

    def __str__(self) -> str:
        return f"enquiry {self.pk}"

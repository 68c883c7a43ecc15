from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.models.cases import Channel
from casework.querysets import EnquiryQuerySet
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


class Enquiry(models.Model):
    """A question answered at the helpdesk. Most of a day's work; not a case, no clock."""

    channel = models.CharField(_("how they came"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, verbose_name=_("about"))
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name=_("district"))
    answer = models.CharField(_("answer given"), max_length=300)
    name = models.CharField(_("name, if they gave it"), max_length=120, blank=True)
    phone = models.CharField(_("phone, if they gave it"), max_length=16, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "channel", "topic", "district", "office", "by", "at"}
    NEVER_COPIED = {"answer", "name", "phone"}

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["district", "-at", "-id"], name="casework_enquiry_by_district"),
            models.Index(fields=["phone"], name="casework_enquiry_by_phone"),
        ]

    def __str__(self) -> str:
        return f"enquiry {self.pk}"

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from formalisation.querysets import RegistrationQuerySet
from places.models import Bilingual


class RegistrationKind(Bilingual):
    """A registration or licence: which office gives it, and what its number looks like."""

    code = models.SlugField(_("code"), unique=True)
    authority = models.CharField(_("given by"), max_length=120)
    authority_ur = models.CharField(_("given by, in Urdu"), max_length=120)
    # A regular expression that the number must match; empty where any number will do.
    number_format = models.CharField(_("format of the number"), max_length=100, blank=True)
    number_hint = models.CharField(_("how the number looks"), max_length=100, blank=True)
    number_hint_ur = models.CharField(_("how the number looks, in Urdu"), max_length=100, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)
    is_verified = models.BooleanField(_("facts verified"), default=False)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "authority", "authority_ur", "number_format", "number_hint", "number_hint_ur",
        "order", "is_open", "is_verified",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("kind of registration")
        verbose_name_plural = _("kinds of registrations")
        ordering = ["order", "name"]


class Registration(models.Model):
    """One registration that an enterprise has: done only with a number, a day, and who saw the paper."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="registrations")
    kind = models.ForeignKey(
        RegistrationKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("registration")
    )
    number = models.CharField(_("number on the paper"), max_length=40)
    obtained_on = models.DateField(_("obtained on"))
    # An old registration must never count as new: what stood before hand-holding is told apart.
    is_new = models.BooleanField(_("obtained with our help"), default=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "enterprise", "kind", "obtained_on", "is_new", "seen_by", "seen_at"}
    NEVER_COPIED = {"number"}

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "kind"], name="formalisation_kind_once"),
            models.UniqueConstraint(fields=["kind", "number"], name="formalisation_number_once"),
            models.CheckConstraint(name="formalisation_has_number", condition=~Q(number="")),
        ]

    def __str__(self) -> str:
        return f"registration {self.pk}"

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from journal.models import Versioned

LIFTED_BY_AND_AT_TOGETHER = Q(lifted_by__isnull=True, lifted_at__isnull=True) | Q(
    lifted_by__isnull=False, lifted_at__isnull=False
)


class Liftable(Versioned):
    """Days that somebody entered. Over before their last day, or entered by mistake, they are lifted, and hold nothing.

    The fields of the days stand with each; `accounts.querysets.LiftableQuerySet` reads them.
    """

    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)
    lifted_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("lifted by"),
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

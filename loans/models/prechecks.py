from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models import Referral
from loans.models.applications import USER, Application
from loans.models.schemes import Offer
from loans.querysets import PreCheckQuerySet


class PreCheck(models.Model):
    """What the check said when a client was referred, or an application received: so that a refusal can be compared.

    Answers by the code of the rule, without a word; what others in the household owe is not kept.
    """

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, null=True, related_name="pre_check")
    application = models.OneToOneField(Application, on_delete=models.PROTECT, null=True, related_name="pre_check")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+", verbose_name=_("offer"))
    amount = models.IntegerField(_("amount, rupees"))
    months = models.PositiveSmallIntegerField(_("months to repay"))
    answers = models.JSONField(_("answers"), default=dict)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"), default=timezone.now)

    SAFE_TO_COPY = {"id", "referral", "application", "offer", "amount", "months", "answers", "by", "at"}
    NEVER_COPIED: set[str] = set()

    objects = PreCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("check before applying")
        verbose_name_plural = _("checks before applying")
        constraints = [
            models.CheckConstraint(
                name="loans_pre_check_is_of_one",
                condition=Q(referral__isnull=True, application__isnull=False)
                | Q(referral__isnull=False, application__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.models.business_plans import BusinessPlan
from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.querysets import ReferralQuerySet
from casework.states import REFERRAL_MOVES, ReferralState
from casework.wordings import FAMILY_IS_MET
from enterprises.models import Grant
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class Referral(OfCase, Versioned):
    """A client handed to the lender, with what came of it. The grant of sight lives and ends with it."""

    class To(models.TextChoices):
        LENDER = "lender", _("the lender")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    to = models.CharField(max_length=10, choices=To.choices)
    to_office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    state = models.CharField(max_length=10, choices=ReferralState.choices, default=ReferralState.SENT)
    business_plan = models.ForeignKey(BusinessPlan, on_delete=models.PROTECT, null=True, related_name="referrals")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # The day by which the lender answers; after an end without a loan, by which the advisor has talked with the client.
    due_on = models.DateField()
    # In which words the client was told that their family is met; empty before that was a rule.
    told_wording = models.CharField(max_length=10, blank=True, default="", db_default="")
    # The journal's event that answered it, or the reason why it was declined or taken back.
    answering_event_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Said by whoever sent it although the check before it found what the lender would refuse.
    why_anyway = models.CharField(
        _("why it is sent all the same"), max_length=300, blank=True, default="", db_default=""
    )

    SAFE_TO_COPY = {
        "id", "version", "case", "to", "to_office", "state", "business_plan", "grant", "by", "at", "due_on",
        "told_wording", "answering_event_id", "ended_at",
    }  # fmt: skip
    NEVER_COPIED = {"reason", "why_anyway"}

    MOVES = REFERRAL_MOVES
    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        indexes = [
            models.Index(
                fields=["to_office", "due_on", "id"],
                name="casework_referral_open",
                condition=Q(state__in=["sent", "taken"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_referral_ends_in_evidence",
                condition=Q(state__in=["sent", "taken"], ended_at__isnull=True)
                | Q(state="answered", answering_event_id__isnull=False, ended_at__isnull=False)
                | (Q(state__in=["declined", "withdrawn"], ended_at__isnull=False) & ~Q(reason="")),
            ),
            models.UniqueConstraint(
                fields=["case", "to"],
                condition=Q(state__in=["sent", "taken"], to="lender"),
                name="casework_lender_referral_once",
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.pk}"

    @property
    def told(self) -> str:
        """What the client was told of the visit at home."""
        return str(FAMILY_IS_MET[self.told_wording]) if self.told_wording else ""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loans.models.applications import USER, Application
from loans.models.limits import Level
from loans.models.products import MOST_RUPEES, RefusalReason
from loans.querysets import OfApplicationQuerySet


class Vote(models.Model):
    """One committee member's yes, with an amount, or no, with a reason. Never changed.

    `appraised_by` repeats who visited, so that the database can refuse the appraiser's vote.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    appraised_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    # As what they voted: posts change, and what carried the decision stays said.
    level = models.CharField(
        _("as"), max_length=6, choices=Level.choices, default=Level.BRANCH, db_default=Level.BRANCH
    )
    approves = models.BooleanField(_("decision"))
    amount = models.IntegerField(_("amount, rupees"), null=True, validators=[MaxValueValidator(MOST_RUPEES)])
    refusal = models.ForeignKey(RefusalReason, on_delete=models.PROTECT, null=True, related_name="+")
    refusal_text = models.CharField(_("explanation"), max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "application", "member", "appraised_by", "level", "approves", "amount", "refusal", "at"}
    NEVER_COPIED = {"refusal_text"}

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "member"], name="loans_vote_once"),
            models.CheckConstraint(name="loans_appraiser_does_not_vote", condition=~Q(member=F("appraised_by"))),
            models.CheckConstraint(
                name="loans_vote_says_amount_or_reason",
                condition=Q(approves=True, amount__isnull=False, amount__gte=1, refusal=None, refusal_text="")
                | Q(approves=False, amount=None, refusal__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.querysets import TransferQuerySet
from casework.states import TRANSFER_MOVES, TransferState
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class Transfer(OfCase, Versioned):
    """A case that one colleague would give to another, and what came of it. Until somebody takes it, it stays.

    Where a manager hands a case over, or it goes by a wish or by itself, nobody is asked: it is proposed and decided
    by one.
    """

    class Cause(models.TextChoices):
        """Why the case went to somebody else."""

        ASKED = "asked", _("a colleague was asked")
        MANAGER = "manager", _("a manager handed it over")
        WISH = "wish", _("the client wished for somebody else")
        DISTRICT = "district", _("the business moved to another district")
        LEFT = "left", _("who had it does not work there any more")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="transfers")
    from_office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    from_advisor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    to_office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    # Who is asked, or nobody in particular; once it is taken, who has it.
    to_advisor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.PROPOSED)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(_("why not"), max_length=300, blank=True)
    # Whoever asked has read the no.
    seen_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=8, choices=Cause.choices, default=Cause.ASKED)
    # What went with the case, as it was before: see `actions/put_back.py`.
    kept = models.JSONField(default=dict, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "case", "from_office", "from_advisor", "to_office", "to_advisor", "state", "by", "at",
        "due_on", "decided_by", "decided_at", "seen_at", "undone_at", "cause", "kept",
    }  # fmt: skip
    NEVER_COPIED = {"reason", "refusal"}

    MOVES = TRANSFER_MOVES
    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        indexes = [
            models.Index(
                fields=["to_office", "due_on", "id"], name="casework_transfer_asked", condition=Q(state="proposed")
            ),
            models.Index(
                fields=["by", "due_on", "id"],
                name="casework_transfer_no",
                condition=Q(state="refused", seen_at__isnull=True),
            ),
            models.Index(fields=["decided_by", "-decided_at"], name="casework_transfer_by_whom"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="proposed"), name="casework_one_transfer_at_a_time"
            ),
            models.CheckConstraint(
                name="casework_transfer_decided_by_somebody",
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            # Whoever asks a colleague says why; a manager who decides may leave it out where there is room.
            models.CheckConstraint(
                name="casework_transfer_says_why",
                condition=~Q(reason="") | Q(decided_by__isnull=False, decided_by=F("by")),
            ),
            models.CheckConstraint(
                name="casework_transfer_refused_for_a_reason", condition=~Q(state="refused") | ~Q(refusal="")
            ),
            models.CheckConstraint(
                name="casework_transfer_undone_then",
                condition=Q(state="undone", undone_at__isnull=False) | (~Q(state="undone") & Q(undone_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:transfer-detail", args=[self.pk])

    @property
    def to_in_words(self) -> str:
        return f"{self.to_advisor}, {self.to_office.label}" if self.to_advisor else self.to_office.label

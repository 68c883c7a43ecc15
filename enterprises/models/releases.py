import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.claim_querysets import CardReleaseQuerySet
from enterprises.models.enterprises import Enterprise
from enterprises.models.people import Person
from enterprises.models.registrations import Claim
from enterprises.models.statements import Statement
from journal.models import Versioned


class CardRelease(Versioned):
    """A card number that goes over from `holder` to `taker`, because an officer saw the card with the taker.

    Asked for by one officer, with the reason; where it weighs more it waits for a second one. For thirty days it can
    be undone. `loser` is who stands without a number now, and `enterprise` the business whose office helps them.
    """

    UNDONE_WITHIN = dt.timedelta(days=30)

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="release")
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cards_given_up")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="cards_taken")
    loser = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="cards_lost")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="cards_lost")
    # Keyed, of the number that went over: what stands on the taker later may be their own card.
    digest = models.CharField(max_length=64, blank=True)
    # Who had stated the number on the record that it left, and when: so it stands again if it comes back.
    stood_source = models.CharField(max_length=10, choices=Statement.Source.choices, blank=True, db_default="")
    stood_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    stood_at = models.DateTimeField(null=True)
    # Empty where the claim says already who had the card in hand.
    reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_because = models.TextField(blank=True)
    # From when, and until when, the loser is asked for their own card.
    lost_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)

    SAFE_TO_COPY = {
        "id", "version", "claim", "holder", "taker", "loser", "enterprise", "asked_by", "asked_at", "done_by",
        "done_at", "undone_by", "undone_at", "lost_at", "due_on", "stood_source", "stood_by", "stood_at",
    }  # fmt: skip
    NEVER_COPIED = {"digest", "reason", "undone_because"}

    objects = CardReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release of a card number")
        verbose_name_plural = _("releases of card numbers")
        constraints = [
            models.CheckConstraint(
                name="enterprises_release_done_together",
                condition=Q(
                    done_at__isnull=True, done_by__isnull=True, taker__isnull=True, loser__isnull=True, digest=""
                )
                | (
                    Q(done_at__isnull=False, done_by__isnull=False, taker__isnull=False, loser__isnull=False)
                    & ~Q(digest="")
                ),
            ),
            models.CheckConstraint(
                name="enterprises_release_undone_together",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undone_because="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False, done_at__isnull=False) & ~Q(undone_because="")),
            ),
            models.CheckConstraint(
                name="enterprises_release_to_somebody_else",
                condition=Q(taker__isnull=True) | ~Q(taker=F("holder")),
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("enterprises:claim-settle", args=[self.claim_id])

    @property
    def person_id(self) -> int:
        """Whose event it is: theirs who stand without the number now, or would."""
        return self.loser_id or self.holder_id

    @property
    def undo_until(self) -> dt.datetime | None:
        return self.done_at + self.UNDONE_WITHIN if self.done_at else None

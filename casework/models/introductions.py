from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.destinations import in_words
from casework.models.cases import Case
from casework.models.contacts import Contact
from casework.models.parts import OfCase
from casework.querysets import IntroductionQuerySet
from casework.states import INTRODUCTION_MOVES, IntroductionState
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class Introduction(OfCase, Versioned):
    """A client sent somewhere besides the lender, with what came of it: the contact or event that says so, or why not.

    It gives nobody sight of anything: the client goes there themselves.
    """

    class To(models.TextChoices):
        COURSE = "course", _("a course")
        REGISTRATION = "papers", _("a registration or licence")
        OFFICE = "office", _("another office of SMEDA")
        OUTSIDE = "outside", _("somebody outside SMEDA")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="introductions")
    to = models.CharField(_("where to"), max_length=10, choices=To.choices)
    # The code of the course or registration, as its events say it; empty where it is none of those on file.
    about = models.SlugField(blank=True)
    where = models.CharField(_("which one"), max_length=120)
    where_ur = models.CharField(_("which one, in Urdu"), max_length=120, blank=True)
    why = models.CharField(_("what for"), max_length=300)
    state = models.CharField(max_length=10, choices=IntroductionState.choices, default=IntroductionState.SENT)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    # What answered it: a talk with the client, or the journal's event; or why it ended without.
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answering_event_id = models.BigIntegerField(null=True, blank=True)
    # Events that may be the answer and wait for a yes or no, and those of which somebody said no.
    offered_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    declined_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    reason = models.CharField(_("what came of it"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    SAFE_TO_COPY = {
        "id", "version", "case", "to", "about", "state", "by", "at", "due_on", "contact", "answering_event_id",
        "offered_ids", "declined_ids", "ended_at", "ended_by",
    }  # fmt: skip
    NEVER_COPIED = {"where", "where_ur", "why", "reason"}

    MOVES = INTRODUCTION_MOVES
    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral elsewhere")
        verbose_name_plural = _("referrals elsewhere")
        indexes = [
            models.Index(fields=["case", "due_on", "id"], name="casework_introduction_open", condition=Q(state="sent"))
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_introduction_ends_in_evidence",
                condition=Q(state="sent", ended_at__isnull=True, ended_by__isnull=True)
                | (
                    Q(state="answered", ended_at__isnull=False, ended_by__isnull=False)
                    & (Q(contact__isnull=False) | Q(answering_event_id__isnull=False))
                )
                | (Q(state="ended", ended_at__isnull=False, ended_by__isnull=False) & ~Q(reason="")),
            ),
        ]

    @property
    def place(self) -> str:
        """Which one, in the reader's language where it has a name in both."""
        return in_words(self.where, self.where_ur)

    def __str__(self) -> str:
        return f"introduction {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:introduction-detail", args=[self.pk])

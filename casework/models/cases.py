from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Office
from casework.querysets import CaseQuerySet
from casework.states import CASE_MOVES, CaseState
from enterprises.models import Enterprise, Person
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone call")
    OFFICE = "office", _("At our office")
    VISIT = "visit", _("Visit to the business")
    MESSAGE = "message", _("SMS or WhatsApp")
    EVENT = "event", _("Event or camp")


class Case(Versioned):
    """The hand-holding of one enterprise: who has it, and what is due when. Never without an advisor and an office."""

    class Outcome(models.TextChoices):
        GRADUATED = "graduated", _("stands on its own")
        DROPPED_OUT = "dropped_out", _("does not want to go on")
        REFUSED = "refused", _("not taken on")
        UNTRACEABLE = "untraceable", _("cannot be found")
        MOVED = "moved", _("moved away")
        DIED = "died", _("died")
        MERGED = "merged", _("joined with another case")

    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="case")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cases")
    advisor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="cases")
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.NEW)
    # Whom the client asked for; and since when the advisor has the case, which counts towards the week's cap.
    wants_woman = models.BooleanField(_("wants to talk with a woman"), default=False, db_default=False)
    wants_language = models.CharField(
        _("language they speak best"), max_length=3, choices=Language.choices, blank=True, default="", db_default=""
    )
    # Since when nobody meets all of it; empty while whoever has the case does.
    wish_waits_since = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(default=timezone.now, db_default=Now())
    opened_at = models.DateTimeField(default=timezone.now)
    first_contact_due_on = models.DateField()
    first_contact_at = models.DateTimeField(null=True, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)
    next_contact_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("how it ended"), max_length=12, choices=Outcome.choices, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "enterprise", "person", "office", "advisor", "wants_woman", "wants_language",
        "wish_waits_since", "assigned_at", "state", "opened_at", "first_contact_due_on",
        "first_contact_at", "last_contact_at", "next_contact_on", "closed_at", "outcome",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    MOVES = CASE_MOVES
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(
                fields=["advisor", "first_contact_due_on", "id"], name="casework_uncalled", condition=Q(state="new")
            ),
            models.Index(fields=["office", "opened_at", "id"], name="casework_case_by_office"),
            # The case list, newest first, whether of one advisor or of all in sight.
            models.Index(fields=["advisor", "-opened_at", "-id"], name="casework_case_by_advisor"),
            models.Index(fields=["-opened_at", "-id"], name="casework_case_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_called_once_contacted",
                condition=Q(state__in=["new", "closed"]) | Q(first_contact_at__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_closed_with_day_and_outcome",
                condition=(Q(state="closed", closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state="closed") & Q(closed_at__isnull=True, outcome="")),
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:case-detail", args=[self.pk])

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Office
from casework.querysets import GrievanceQuerySet
from casework.states import GRIEVANCE_MOVES, GrievanceState
from enterprises.models import Person, Sex
from journal.models import Versioned
from places.models import Bilingual, District

USER = settings.AUTH_USER_MODEL
# Nobody closes a complaint for whoever made it, but their silence for so long after it was put right.
SILENCE = dt.timedelta(days=7)


class GrievanceCategory(Bilingual):
    """What a complaint is about, and within how many working days it is answered.

    What is serious (money, conduct) leaves the office that it is about and its area: see `actions/grievance_owners.py`.
    """

    code = models.SlugField(_("code"), unique=True)
    days = models.PositiveSmallIntegerField(
        _("working days to the answer"), validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    is_serious = models.BooleanField(_("leaves the office and its area"), default=False)
    is_open = models.BooleanField(_("may be chosen"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    SAFE_TO_COPY = {"id", "name", "name_ur", "code", "days", "is_serious", "is_open", "order"}
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("kind of complaint")
        verbose_name_plural = _("kinds of complaints")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.label


class Grievance(Versioned):
    """A complaint: of anybody, about anybody, owned by somebody whom it is not about.

    It names neither enterprise nor person in the journal: whoever reads a case's timeline does not learn of it.
    """

    class Channel(models.TextChoices):
        WEB = "web", _("Here in the portal")
        PHONE = "phone", _("By telephone")
        OFFICE = "office", _("At an office")
        LETTER = "letter", _("By letter")

    class About(models.TextChoices):
        SMEDA = "smeda", _("SMEDA: an advisor or an office")
        LENDER = "lender", _("Akhuwat: a branch or an officer")
        TRAINING = "training", _("A course or its trainer")
        OTHER = "other", _("Somebody else, or I do not know")

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    # Of the code that goes with the number. Who complained when signed in has none: no code fits the empty digest.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    category = models.ForeignKey(GrievanceCategory, on_delete=models.PROTECT, related_name="grievances")
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel.choices, default=Channel.WEB)
    about = models.CharField(_("about whom"), max_length=10, choices=About.choices)
    text = models.TextField(_("what happened"), max_length=2000)
    place = models.CharField(_("where"), max_length=120, blank=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    about_office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    about_user = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    complainant = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="grievances")
    name = models.CharField(_("name"), max_length=120, blank=True)
    phone = models.CharField(_("mobile number"), max_length=16, blank=True)
    sex = models.CharField(_("sex"), max_length=11, choices=Sex.choices, blank=True)
    language = models.CharField(max_length=8)
    is_for_another = models.BooleanField(_("on somebody else's behalf"), default=False)
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="grievances")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=GrievanceState.choices, default=GrievanceState.RECEIVED)
    received_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    # The first day that was promised; another day or another owner never changes it. Reports compare with it.
    promised_on = models.DateField()
    replied_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "number", "category", "channel", "about", "district", "about_office", "about_user",
        "complainant", "sex", "language", "is_for_another", "written_by", "owner", "office", "state", "received_at",
        "due_on", "promised_on", "replied_at", "resolved_at", "agreed_at", "closed_at",
    }  # fmt: skip
    NEVER_COPIED = {"digest", "text", "place", "name", "phone"}

    MOVES = GRIEVANCE_MOVES
    objects = GrievanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(
                fields=["owner", "due_on", "id"], name="casework_grievance_of_owner", condition=~Q(state="closed")
            ),
            models.Index(
                fields=["office", "due_on", "id"], name="casework_grievance_of_office", condition=~Q(state="closed")
            ),
            models.Index(fields=["-received_at", "-id"], name="casework_grievance_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_grievance_owner_is_not_whom_it_is_about",
                condition=Q(owner__isnull=True) | Q(about_user__isnull=True) | ~Q(owner=F("about_user")),
            ),
            models.CheckConstraint(
                name="casework_grievance_put_right_after_an_answer",
                condition=~Q(state__in=["replied", "resolved"]) | Q(replied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_grievance_resolved_has_its_day",
                condition=~Q(state="resolved") | Q(resolved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_grievance_closed_by_word_or_silence",
                condition=(~Q(state="closed") & Q(closed_at__isnull=True, agreed_at__isnull=True))
                | Q(state="closed", closed_at__isnull=False, agreed_at__isnull=False)
                | Q(state="closed", agreed_at__isnull=True, closed_at__gte=F("resolved_at") + SILENCE),
            ),
        ]

    def __str__(self) -> str:
        return f"complaint {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("casework:grievance-detail", args=[self.pk])


class GrievanceEntry(models.Model):
    """What was said on a complaint after it was made. All but a note is read by whoever made it."""

    class Kind(models.TextChoices):
        REPLY = "reply", pgettext_lazy("what was said", "Answer")
        REMEDY = "remedy", _("What was put right")
        NOTE = "note", _("Note for colleagues")
        DISAGREED = "disagreed", _("Not put right")
        AGREED = "agreed", _("Agreed")

    ANSWERS = (Kind.REPLY, Kind.REMEDY)

    grievance = models.ForeignKey(Grievance, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(max_length=2000, blank=True)
    # None: who made the complaint.
    by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "grievance", "kind", "by", "at"}
    NEVER_COPIED = {"text"}

    class Meta:
        indexes = [models.Index(fields=["grievance", "at", "id"], name="casework_grievance_entries")]
        constraints = [
            models.CheckConstraint(name="casework_grievance_entry_says_what", condition=Q(kind="agreed") | ~Q(text="")),
            models.CheckConstraint(
                name="casework_grievance_judged_by_who_made_it",
                condition=Q(kind__in=["disagreed", "agreed"], by__isnull=True)
                | Q(kind__in=["reply", "remedy", "note"], by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

import re

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.querysets import StepKindQuerySet, StepQuerySet
from enterprises.models import Help
from journal.models import Versioned
from places.models import Bilingual

USER = settings.AUTH_USER_MODEL


class StepKind(Bilingual):
    """A step that plans are made of: its words, what to bring, and the event that closes it by itself."""

    class Owner(models.TextChoices):
        ENTREPRENEUR = "entrepreneur", _("the entrepreneur")
        ADVISOR = "advisor", _("the advisor")
        PARTNER = "partner", _("the partner")

    code = models.SlugField(_("code"), unique=True)
    owner = models.CharField(_("who does it"), max_length=12, choices=Owner.choices)
    bring = models.CharField(_("what to bring"), max_length=200, blank=True)
    bring_ur = models.CharField(_("what to bring, in Urdu"), max_length=200, blank=True)
    days = models.PositiveSmallIntegerField(_("usual days"), default=14)
    # The journal's event that closes such a step, and the `kind` it must carry in its data where one is named.
    closed_by_event = models.CharField(_("closed by event"), max_length=60, blank=True)
    closed_by_code = models.SlugField(_("closed by code"), blank=True)
    closed_by_hand = models.BooleanField(_("a colleague may say that it is done"), default=True)
    suggested_for = models.CharField(_("suggested to who asks for"), max_length=10, choices=Help.choices, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "suggested_for", "owner", "bring", "bring_ur", "days", "closed_by_event",
        "closed_by_code", "closed_by_hand", "order", "is_open",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = StepKindQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of plan step")
        verbose_name_plural = _("kinds of plan steps")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                name="casework_step_kind_can_be_closed",
                condition=Q(closed_by_hand=True) | ~Q(closed_by_event=""),
                violation_error_message=_("Say which event closes this step, or let a colleague close it."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def names_a_loan(self) -> bool:
        """On a phone that others read, a message must not say such a step."""
        return self.closed_by_event.startswith("loans.")

    @property
    def things_to_bring(self) -> list[str]:
        """What to bring, one by one, in the reader's language; commas of both scripts part them."""
        return [thing.strip() for thing in re.split("[,،]", self.in_language("bring")) if thing.strip()]


class MovedByItself(models.TextChoices):
    """Why a step has another day that no colleague chose; the row holds the word, whoever reads it the sentence."""

    CLOSED = "=closed", _("The case was closed meanwhile.")


class Step(OfCase, Versioned):
    """One dated step of the plan, in plain words, with its owner; closed by an event or by a person.

    One that nobody needs any more is dropped for a reason: it is closed too, and does not count as done.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    kind = models.ForeignKey(StepKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    due_on = models.DateField(_("by"))
    set_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # The journal's event that closed it, where one did.
    closing_event_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # What was agreed, beside the words of its kind; why it was dropped; which day it had before, and why another. All
    # of it is read by the client.
    words = models.CharField(_("in your own words"), max_length=120, blank=True, default="", db_default="")
    dropped_because = models.CharField(max_length=200, blank=True, default="", db_default="")
    was_due_on = models.DateField(null=True, blank=True)
    moved_because = models.CharField(max_length=200, blank=True, default="", db_default="")

    SAFE_TO_COPY = {
        "id", "version", "case", "kind", "due_on", "set_by", "set_at", "closed_at", "closed_by", "closing_event_id",
        "was_due_on",
    }  # fmt: skip
    NEVER_COPIED = {"words", "dropped_because", "moved_because"}

    objects = StepQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "due_on", "id"], name="casework_step_by_case"),
            models.Index(fields=["due_on", "id"], name="casework_step_open", condition=Q(closed_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_step_closed_by_and_at_together",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, closing_event_id__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_dropped_step_is_closed_by_no_event",
                condition=Q(dropped_because="") | Q(closed_at__isnull=False, closing_event_id__isnull=True),
            ),
            models.CheckConstraint(
                name="casework_step_moved_with_day_and_reason",
                condition=Q(was_due_on__isnull=True, moved_because="")
                | (Q(was_due_on__isnull=False) & ~Q(moved_because="")),
            ),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(closed_at__isnull=True), name="casework_open_step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:step-detail", args=[self.pk])

    @property
    def is_dropped(self) -> bool:
        return bool(self.dropped_because)

    @property
    def why_moved(self) -> str:
        """In the reader's language, unless a colleague wrote it in their own words."""
        return str(dict(MovedByItself.choices).get(self.moved_because, self.moved_because))

    @property
    def is_done(self) -> bool:
        return self.closed_at is not None and not self.is_dropped

import datetime as dt

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case, Channel
from casework.models.contacts import Contact
from casework.models.parts import OfCase
from casework.querysets import MeetingQuerySet
from casework.states import MEETING_MOVES, OPEN_MEETINGS, MeetingState
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL
OPEN = Q(state__in=sorted(OPEN_MEETINGS))
# From when until when, the end left out: one appointment may begin when another ends.
SPAN = Func("starts_at", "ends_at", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField())


class ByItself(models.TextChoices):
    """Why a time is kept no longer that nobody called off; the row holds the word, whoever reads it the sentence."""

    HANDED_OVER = "=handed over", _("Your advisor keeps this time no longer. SMEDA calls you.")
    CLOSED = "=closed", _("Your case is closed")
    SILENT = "=silent", _("You took back the permission to contact you.")


class Meeting(OfCase, Versioned):
    """A time that an advisor keeps for a client (an appointment on every page); the client says yes or no.

    It ends in the contact that it was, or without one. Called off, its time is free again at once.
    """

    CHANNELS = (Channel.OFFICE, Channel.VISIT, Channel.PHONE)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="meetings")
    advisor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(_("how"), max_length=10, choices=Channel.choices)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField()
    place = models.CharField(_("place"), max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.PROPOSED)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="meeting")
    # Why we called it off; the client reads it.
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "case", "advisor", "channel", "starts_at", "ends_at", "state", "by", "at", "answered_at",
        "contact",
    }  # fmt: skip
    NEVER_COPIED = {"place", "reason"}

    MOVES = MEETING_MOVES
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment with a client")
        verbose_name_plural = _("appointments with clients")
        indexes = [models.Index(fields=["starts_at", "id"], name="casework_meeting_open", condition=OPEN)]
        constraints = [
            ExclusionConstraint(
                name="casework_meetings_do_not_overlap",
                expressions=[
                    ("advisor", RangeOperators.EQUAL),
                    (SPAN, RangeOperators.OVERLAPS),
                ],
                condition=OPEN,
                violation_error_message=_("There is another appointment at this time. Choose another one."),
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=OPEN,
                name="casework_one_meeting_ahead",
                violation_error_message=_("There is an appointment with this client already. Call that one off first."),
            ),
            models.CheckConstraint(
                name="casework_meeting_ends_after_it_began", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="casework_held_meeting_is_a_contact",
                condition=Q(state="held", contact__isnull=False) | (~Q(state="held") & Q(contact__isnull=True)),
            ),
            models.CheckConstraint(
                name="casework_called_off_with_reason", condition=~Q(state="cancelled") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"meeting {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:meeting-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_MEETINGS

    def may_be_called_off(self, now: dt.datetime) -> bool:
        """Before its time; afterwards only if it took place in another way, as a contact of that day says."""
        if now < self.starts_at:
            return True
        day = timezone.localdate(self.starts_at)
        return self.case.contacts.standing().filter(on=day, at__gte=self.starts_at).exists()

    @property
    def why_called_off(self) -> str:
        """In the reader's language, unless a colleague wrote it in their own words."""
        return str(dict(ByItself.choices).get(self.reason, self.reason))

    @property
    def client_comes(self) -> bool:
        """To the office; otherwise we come to the client, or call."""
        return self.channel == Channel.OFFICE

    @property
    def where(self) -> str:
        """The place in words: what was written down, or else the office; of a visit or a call the way says it all."""
        return self.place or (self.case.office.label if self.client_comes else "")

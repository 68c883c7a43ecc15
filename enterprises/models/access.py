"""How people come in where a code by text is not enough: printed codes, a PIN, and a number that changes."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprises import Enterprise
from enterprises.models.people import PHONE_OWNERS, Person
from enterprises.querysets import CodeSheetQuerySet, PhoneChangeQuerySet, SheetCodeQuerySet
from enterprises.states import OPEN_PHONE_CHANGES, PHONE_CHANGE_MOVES, PhoneChangeState
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class CodeSheet(models.Model):
    """A sheet of single-use codes, handed over in person by an officer who saw the card. One is good at a time.

    The codes wait here sealed until the sheet was handed over, so that it can be printed; after that only their
    digests are left.
    """

    CODES = 10
    SHOWN_FOR = dt.timedelta(minutes=30)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="code_sheets")
    number = models.PositiveSmallIntegerField()
    issued_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)
    secret = models.TextField(blank=True)
    # The codes open nothing before an officer says that the paper is in the person's hand.
    handed_over_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "person", "number", "issued_by", "issued_at", "handed_over_at", "ended_at"}
    NEVER_COPIED = {"secret"}

    objects = CodeSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="enterprises_sheet_number_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at__isnull=True), name="enterprises_one_good_sheet"
            ),
            models.CheckConstraint(
                name="enterprises_void_sheet_keeps_no_codes", condition=Q(ended_at__isnull=True) | Q(secret="")
            ),
            models.CheckConstraint(
                name="enterprises_sheet_in_hand_is_read_by_nobody",
                condition=Q(handed_over_at__isnull=True) | Q(secret=""),
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("enterprises:sheet-detail", args=[self.pk])

    def may_be_shown(self, *, at: dt.datetime) -> bool:
        """Whether the codes can still be printed."""
        return bool(self.secret) and at < self.issued_at + self.SHOWN_FOR

    @property
    def waits_to_be_handed_over(self) -> bool:
        return self.handed_over_at is None and self.ended_at is None


class SheetCode(models.Model):
    """One code of a sheet; only a keyed digest of it is kept."""

    sheet = models.ForeignKey(CodeSheet, on_delete=models.CASCADE, related_name="codes")
    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "sheet", "place", "used_at"}
    NEVER_COPIED = {"digest"}

    objects = SheetCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "place"], name="enterprises_sheet_code_place_once"),
            models.UniqueConstraint(fields=["sheet", "digest"], name="enterprises_sheet_code_once"),
        ]

    def __str__(self) -> str:
        return f"code {self.place} of sheet {self.sheet_id}"


class Pin(models.Model):
    """Six digits that a person chose at an advisor's device; hashed as a password is."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="pin")
    secret = models.CharField(max_length=128)
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_with = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    SAFE_TO_COPY = {"id", "person", "chosen_at", "chosen_with"}
    NEVER_COPIED = {"secret"}

    def __str__(self) -> str:
        return f"PIN {self.pk}"


class SignInLock(models.Model):
    """Wrong tries with PIN and printed codes for one CNIC, known or not, in all sessions together.

    Five, then a pause that grows from round to round. Codes by text have their own five tries and are not locked.
    """

    TRIES = 5
    PAUSES = tuple(dt.timedelta(hours=hours) for hours in (0.25, 1, 4, 24))

    # A keyed digest of the CNIC that was typed.
    subject = models.CharField(max_length=64, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(default=timezone.now, db_index=True)
    locked_until = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "tries", "rounds", "tried_at", "locked_until"}
    NEVER_COPIED = {"subject"}

    class Meta:
        constraints = [models.CheckConstraint(name="enterprises_lock_within_tries", condition=Q(tries__lt=5))]

    def __str__(self) -> str:
        return f"lock {self.pk}"


class PhoneChange(Versioned):
    """A new number for a person: attested by an officer who saw the card, approved by another; till then the old stays.

    Both numbers are erased thirty days after the decision.
    """

    KEPT = dt.timedelta(days=30)

    class Reason(models.TextChoices):
        LOST = "lost", _("The phone or the SIM was lost or stolen")
        NEW = "new", _("A new number in place of the old one")
        OWN = "own", _("Now there is a phone of one's own")
        SAFETY = "safety", _("Somebody else reads the old phone")
        WRONG = "wrong", _("The number was written down wrongly")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phone_changes")
    # The enterprise through which the office serves the person: its sight and its history are this change's too.
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="phone_changes")
    state = models.CharField(max_length=10, choices=PhoneChangeState.choices, default=PhoneChangeState.ASKED)
    old_phone = models.CharField(max_length=16, blank=True)
    new_phone = models.CharField(max_length=16, blank=True)
    new_owner = models.CharField(max_length=10, choices=PHONE_OWNERS)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # When a code sent to the new number was read back, or why none could be.
    proved_at = models.DateTimeField(null=True, blank=True)
    unproved_because = models.CharField(max_length=200, blank=True)
    attested_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    attested_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)
    due_on = models.DateField()

    SAFE_TO_COPY = {
        "id", "version", "person", "enterprise", "state", "new_owner", "reason", "asked_by", "asked_at", "proved_at",
        "attested_by", "attested_at", "decided_by", "decided_at", "due_on",
    }  # fmt: skip
    NEVER_COPIED = {"old_phone", "new_phone", "unproved_because", "refusal"}

    MOVES = PHONE_CHANGE_MOVES
    objects = PhoneChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="enterprises_phone_change_open",
                condition=Q(state__in=sorted(OPEN_PHONE_CHANGES)),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=sorted(OPEN_PHONE_CHANGES)),
                name="enterprises_one_open_phone_change",
                violation_error_message=_("A change of this person's number is open already."),
            ),
            models.CheckConstraint(
                name="enterprises_phone_change_e164",
                condition=Q(new_phone__regex=r"^\+923[0-9]{9}$") | Q(new_phone="", decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="enterprises_phone_change_attested_by_and_at_together",
                condition=Q(attested_by__isnull=True, attested_at__isnull=True)
                | Q(attested_by__isnull=False, attested_at__isnull=False),
            ),
            models.CheckConstraint(
                name="enterprises_phone_change_decided_by_and_at_together",
                condition=Q(state__in=sorted(OPEN_PHONE_CHANGES), decided_by__isnull=True, decided_at__isnull=True)
                | Q(state__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="enterprises_phone_change_maker_is_not_checker",
                condition=~Q(state="approved") | (Q(attested_by__isnull=False) & ~Q(decided_by=F("attested_by"))),
                violation_error_message=_("You attested this number yourself: somebody else approves it."),
            ),
            models.CheckConstraint(
                name="enterprises_phone_change_proved_or_says_why",
                condition=Q(state__in=["asked", "refused"]) | Q(proved_at__isnull=False) | ~Q(unproved_because=""),
            ),
            models.CheckConstraint(
                name="enterprises_phone_change_refused_says_why", condition=~Q(state="refused") | ~Q(refusal="")
            ),
        ]

    def __str__(self) -> str:
        return f"phone change {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("enterprises:phone-change-detail", args=[self.pk])

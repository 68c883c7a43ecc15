"""What stops the clock of a call, and what was tried in vain."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case, Channel
from casework.models.parts import Typed, taken_out_by_who_typed_it
from casework.querysets import AttemptQuerySet, PauseQuerySet

USER = settings.AUTH_USER_MODEL
LONGEST_PAUSE = timedelta(days=60)


class Attempt(Typed):
    """Somebody tried to reach the client and did not. It is no contact, and is counted as none."""

    class Result(models.TextChoices):
        NO_ANSWER = "no_answer", _("nobody answered")
        OFF = "off", _("the phone was off")
        WRONG_NUMBER = "wrong", _("wrong number")
        BUSY = "busy", _("asked to call another time")
        NOT_THERE = "not_there", _("not there")
        MESSAGE_LEFT = "message", _("left word with somebody")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attempts")
    channel = models.CharField(_("how"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    result = models.CharField(_("what happened"), max_length=10, choices=Result.choices)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "case", "channel", "result", "by", "at", "removed_at", "removed_by"}
    NEVER_COPIED = {"removed_because"}

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(fields=["case", "-at"], name="casework_attempt_by_case"),
            models.Index(fields=["by", "-at"], name="casework_attempt_by_whom"),
        ]
        constraints = [taken_out_by_who_typed_it("casework_attempt_removed_by_typist")]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Pause(models.Model):
    """Nobody calls until that day, and why. It ends by itself then, or when somebody talks with the client before."""

    class Reason(models.TextChoices):
        CLIENT_ASKED = "asked", _("the client asked for it")
        AWAY = "away", _("the client is away")
        ILL = "ill", _("the client is ill")
        MOURNING = "mourning", _("mourning in the family")
        SHUT = "shut", _("the business is shut for a while")
        OTHER = "other", _("another reason")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    note = models.CharField(_("in your words"), max_length=200, blank=True)
    until_on = models.DateField(_("until"))
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # By when the call was due as it began: a pause of some hours gives nobody days.
    was_due_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    SAFE_TO_COPY = {"id", "case", "reason", "until_on", "by", "at", "was_due_on", "ended_at"}
    NEVER_COPIED = {"note"}

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        constraints = [
            models.UniqueConstraint(
                name="casework_one_pause_a_case", fields=["case"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="casework_pause_is_not_for_ever",
                condition=Q(until_on__lte=TruncDate(F("at")) + LONGEST_PAUSE),
                violation_error_message=_("Enter at most two months at a time."),
            ),
            models.CheckConstraint(
                name="casework_pause_says_why",
                condition=~Q(reason="other") | ~Q(note=""),
                violation_error_message=_("Say in your words why."),
            ),
        ]

    def __str__(self) -> str:
        return f"pause {self.pk}"

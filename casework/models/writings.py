from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.querysets import WritingQuerySet
from casework.states import WRITING_MOVES, WritingState
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class Writing(OfCase, Versioned):
    """What a client and whoever has their case write to each other on the portal's pages: one thread a case.

    A client's text waits until it is answered, or somebody says that there is nothing to answer. Neither a message nor
    an event ever holds the words.
    """

    LONGEST = 1000

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="writings")
    text = models.TextField(_("text"), max_length=LONGEST)
    is_clients = models.BooleanField(_("written by the client"))
    state = models.CharField(max_length=10, choices=WritingState.choices)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # Of a client's text: by when it is answered.
    due_on = models.DateField(null=True, blank=True)
    # Who of the other side opened it first.
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Who answered it, or said that there is nothing to answer, or took it back.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    SAFE_TO_COPY = {
        "id", "version", "case", "is_clients", "state", "by", "at", "due_on", "read_at", "read_by", "ended_at",
        "ended_by",
    }  # fmt: skip
    NEVER_COPIED = {"text"}

    MOVES = WRITING_MOVES
    objects = WritingQuerySet.as_manager()

    class Meta:
        verbose_name = _("text between client and advisor")
        verbose_name_plural = _("texts between client and advisor")
        indexes = [
            models.Index(fields=["case", "-at", "-id"], name="casework_writing_by_case"),
            models.Index(fields=["due_on", "id"], name="casework_writing_waiting", condition=Q(state="waiting")),
            models.Index(fields=["by", "-at"], name="casework_writing_by_whom"),
        ]
        constraints = [
            models.CheckConstraint(
                name="casework_writing_waits_for_an_answer_if_the_clients",
                condition=Q(is_clients=True, due_on__isnull=False, state__in=["waiting", "answered", "settled", "back"])
                | Q(is_clients=False, due_on__isnull=True, state__in=["sent", "back"]),
            ),
            models.CheckConstraint(
                name="casework_writing_ended_by_and_at_together",
                condition=Q(state__in=["waiting", "sent"], ended_at__isnull=True, ended_by__isnull=True)
                | Q(state__in=["answered", "settled", "back"], ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_writing_read_by_and_at_together",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_writing_taken_back_unread", condition=~Q(state="back") | Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"writing {self.pk}"

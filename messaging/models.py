from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.querysets import MessageQuerySet
from messaging.states import OPEN, MessageState


class Message(models.Model):
    """One message to one person: the outbox. What must be said stands here, and nowhere else, until it is said.

    It holds ids and codes only; phone and text are resolved at sending and never stored. A one-time code may go to a
    phone that belongs to nobody yet, so its phone and text wait here encrypted (`secret`) until they are sent.
    """

    kind = models.CharField(_("kind"), max_length=60)
    target_label = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    by_id = models.BigIntegerField(null=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    # Tells this message from every other for ever, to us and to the gateway (messaging.actions.queueing.dedup_key).
    dedup_key = models.CharField(max_length=64, unique=True)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    queued_at = models.DateTimeField(_("queued"), auto_now_add=True)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=MessageState.choices, default=MessageState.WAITING, editable=False
    )
    # How often sending began: counted before it begins, so that a message that kills its worker is found out.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    begun_at = models.DateTimeField(null=True)
    last_error = models.CharField(_("last error"), max_length=60, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    gateway_id = models.CharField(max_length=80, blank=True)
    parts = models.PositiveSmallIntegerField(_("parts"), default=0)
    secret = models.TextField(blank=True)

    SAFE_TO_COPY = {
        "id", "kind", "target_label", "target_id", "person_id", "by_id", "language", "dedup_key", "is_urgent",
        "queued_at", "due_at", "expires_at", "state", "attempts", "lease_until", "token", "begun_at", "last_error",
        "sent_at", "parts",
    }  # fmt: skip
    NEVER_COPIED = {"gateway_id", "secret"}

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["is_urgent", "due_at", "id"], name="messaging_claimable", condition=Q(state="waiting")
            ),
            models.Index(fields=["lease_until"], name="messaging_leased", condition=Q(state="leased")),
            models.Index(
                fields=["expires_at"], name="messaging_expiring", condition=Q(state="waiting", expires_at__isnull=False)
            ),
            models.Index(fields=["id"], name="messaging_unresolved", condition=Q(state__in=["dead", "ambiguous"])),
            models.Index(fields=["sent_at"], name="messaging_sent", condition=Q(state="sent")),
            models.Index(fields=["target_label", "target_id"], name="messaging_by_target"),
            models.Index(
                fields=["person_id", "-sent_at", "-id"], name="messaging_sent_to_person", condition=Q(state="sent")
            ),
        ]
        constraints = [
            models.CheckConstraint(name="messaging_known_state", condition=Q(state__in=MessageState.values)),
            models.CheckConstraint(
                name="messaging_target_label_and_id_together",
                condition=Q(target_label="", target_id__isnull=True)
                | (~Q(target_label="") & Q(target_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="messaging_lease_and_token_together",
                condition=Q(state="leased", lease_until__isnull=False, token__isnull=False)
                | (~Q(state="leased") & Q(lease_until__isnull=True, token__isnull=True, begun_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="messaging_sent_and_sent_at_together",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="messaging_end_has_its_reason",
                condition=~Q(state__in=["dead", "dropped", "ambiguous"]) | ~Q(last_error=""),
            ),
            models.CheckConstraint(
                name="messaging_secret_only_while_open", condition=Q(secret="") | Q(state__in=sorted(OPEN))
            ),
            models.CheckConstraint(
                name="messaging_secret_expires", condition=Q(secret="") | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(
                name="messaging_begun_is_counted", condition=Q(begun_at__isnull=True) | Q(attempts__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

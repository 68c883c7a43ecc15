from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case, Channel
from casework.models.parts import OfCase, Typed, taken_out_by_who_typed_it
from casework.querysets import CallQuerySet, ContactQuerySet

USER = settings.AUTH_USER_MODEL


class Present(models.TextChoices):
    """Who was there when a contact was made."""

    CLIENT = "client", _("The client")
    HUSBAND_OR_FATHER = "husband_or_father", _("Husband or father")
    RELATIVE = "relative", _("Another relative")
    WOMAN_COLLEAGUE = "woman_colleague", _("A woman colleague of ours")
    PARTNER = "partner", _("A partner in the business")
    OTHER = "other", _("Somebody else")


class Contact(Typed):
    """A call, a visit, a talk at the office: what was agreed, and how long it took.

    `on` is the day of it, `at` when it was written down: a paper form comes later. It counts in reports (C3) only if
    whoever had it says that it moved something on and was about this client alone; nothing is presumed.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(_("how"), max_length=10, choices=Channel.choices, default=Channel.PHONE)
    agreed = models.TextField(_("what was agreed"), max_length=1000)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10, validators=[MaxValueValidator(600)])
    next_on = models.DateField(_("next contact on"), null=True, blank=True)
    is_unasked = models.BooleanField(_("the client got in touch"), default=False, db_default=False)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    on = models.DateField(_("on"), default=timezone.localdate, db_default=TruncDate(Now()))
    prep_minutes = models.PositiveSmallIntegerField(default=0, db_default=0, validators=[MaxValueValidator(600)])
    travel_minutes = models.PositiveSmallIntegerField(default=0, db_default=0, validators=[MaxValueValidator(600)])
    present = ArrayField(
        models.CharField(max_length=20, choices=Present.choices), blank=True, default=list, db_default=[]
    )
    # Nothing: it was never asked, as of all that was written down before November 2026.
    is_substantive = models.BooleanField(null=True, blank=True)
    is_specific = models.BooleanField(null=True, blank=True)
    # What it changed besides, for when it is taken out: the agreed day, the pause, calls and steps of before. No words.
    kept = models.JSONField(default=dict, db_default={}, blank=True)

    SAFE_TO_COPY = {
        "id", "case", "channel", "minutes", "next_on", "is_unasked", "by", "at", "on", "prep_minutes",
        "travel_minutes", "present", "is_substantive", "is_specific", "kept", "removed_at", "removed_by",
    }  # fmt: skip
    NEVER_COPIED = {"agreed", "removed_because"}

    objects = ContactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-at", "-id"], name="casework_contact_by_case"),
            models.Index(fields=["on", "id"], name="casework_contact_by_day"),
            models.Index(fields=["by", "-at"], name="casework_contact_by_whom"),
        ]
        constraints = [
            models.CheckConstraint(name="casework_contact_says_what", condition=~Q(agreed="")),
            taken_out_by_who_typed_it("casework_contact_removed_by_typist"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"

    @property
    def is_reportable(self) -> bool:
        """The other face of `ContactQuerySet.reportable`."""
        return bool(self.is_substantive and self.is_specific)

    @property
    def minutes_in_all(self) -> int:
        return self.minutes + self.prep_minutes + self.travel_minutes


CALL_WAITS = Q(contact__isnull=True, arrived_at__isnull=True)


class Call(OfCase, models.Model):
    """A call to make where no text may go to the phone, or none arrived: one for each kind of message, until said.

    It ends when somebody talked with the client, or when a later text of the kind arrived.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls")
    # The kind of message (portal/message_kinds.py); it says what the call is about.
    kind = models.CharField(max_length=60)
    # A text was given up. Otherwise none may go at all.
    is_lost = models.BooleanField(default=False, db_default=False)
    since = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="calls")
    arrived_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "case", "kind", "is_lost", "since", "due_on", "contact", "arrived_at"}
    NEVER_COPIED: set[str] = set()

    objects = CallQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_on", "id"], name="casework_call_to_make", condition=CALL_WAITS)]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], condition=CALL_WAITS, name="casework_call_waits_once"),
            models.CheckConstraint(
                name="casework_only_a_lost_text_arrives_later", condition=Q(arrived_at__isnull=True) | Q(is_lost=True)
            ),
        ]

    def __str__(self) -> str:
        return f"call {self.pk}"

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from enterprises.intake_querysets import IntakeQuerySet, IntakeRowQuerySet
from enterprises.models.enterprises import Enterprise

USER = settings.AUTH_USER_MODEL


class Intake(models.Model):
    """A list of people that came as a file: first its rows are looked at, then, confirmed, the sound ones registered.

    The file itself is not kept. What its rows hold is erased 30 days after the last touch; which rows were registered
    stays, so that the very same file never registers anybody a second time.
    """

    KEPT_DAYS = 30

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    # The heads of the columns as they came, and which of our columns each is ("" for one that we do not ask for).
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    # All rows have a verdict; somebody confirmed; every sound row was tried; what the rows held is erased.
    checked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {
        "id", "office", "uploaded_by", "uploaded_at", "touched_at", "checked_at", "confirmed_at", "confirmed_by",
        "done_at", "erased_at",
    }  # fmt: skip
    NEVER_COPIED = {"file_name", "sha256", "headings", "columns"}

    objects = IntakeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["office", "-uploaded_at", "-id"], name="enterprises_intake_of_office"),
            models.Index(fields=["uploaded_by", "-uploaded_at", "-id"], name="enterprises_intake_by"),
            models.Index(fields=["touched_at"], name="enterprises_intake_kept", condition=Q(erased_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="enterprises_intake_confirmed_by_and_at_together",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="enterprises_intake_in_order",
                condition=(Q(confirmed_at__isnull=True) | Q(checked_at__isnull=False))
                & (Q(done_at__isnull=True) | Q(confirmed_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"intake {self.pk}"

    @property
    def is_working(self) -> bool:
        """Whether the portal has it in hand: rows wait to be looked at, or to be registered."""
        return self.erased_at is None and (self.checked_at is None or self.is_registering)

    @property
    def is_registering(self) -> bool:
        return self.confirmed_at is not None and self.done_at is None


class IntakeRow(models.Model):
    """One row of a list, by its number in the spreadsheet, and what became of it."""

    class Verdict(models.TextChoices):
        WAITING = "waiting", _("not looked at yet")
        SOUND = "sound", _("fine")
        FAULTY = "faulty", _("with errors")
        ON_FILE = "on_file", _("on file already")
        ALIKE = "alike", _("possible duplicates")
        TWICE = "twice", _("registered before")
        EXAMPLE = "example", _("the template's example, left out")
        FAILED = "failed", _("not registered")
        REGISTERED = "registered", _("registered")

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.WAITING)
    # What was typed, cell by cell; empty once the row is registered or erased.
    cells = models.JSONField(default=list)
    # Places of cells that are joined with others: whose value theirs is cannot be known.
    merged = models.JSONField(default=list)
    # A keyed digest of who and what, so that one row of two files registers once.
    digest = models.CharField(max_length=64, blank=True)
    # In codes, why it was not registered although it looked sound.
    fault = models.CharField(max_length=60, blank=True)
    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, null=True, related_name="intake_row")

    SAFE_TO_COPY = {"id", "intake", "number", "verdict", "fault", "enterprise"}
    NEVER_COPIED = {"cells", "merged", "digest"}

    objects = IntakeRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["intake", "number"], name="enterprises_intake_row_once"),
            models.UniqueConstraint(
                fields=["digest"], condition=Q(verdict="registered") & ~Q(digest=""), name="enterprises_registered_once"
            ),
            models.CheckConstraint(
                name="enterprises_intake_row_and_enterprise_together",
                condition=Q(verdict="registered", enterprise__isnull=False, cells=[])
                | (~Q(verdict="registered") & Q(enterprise__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["intake", "verdict", "number"], name="enterprises_intake_verdict")]

    def __str__(self) -> str:
        return f"row {self.number} of {self.intake_id}"

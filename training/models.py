from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Office
from enterprises.models import Enterprise, Grant, Person
from journal.models import Versioned
from kit import words
from places.models import Bilingual, District, in_language
from training.querysets import (
    CertificateQuerySet,
    CourseQuerySet,
    CourseRunQuerySet,
    EnrolmentQuerySet,
    OfEnrolmentQuerySet,
    SittingQuerySet,
)
from training.states import ENROLMENT_MOVES, LIVE, RUN_MOVES, EnrolmentState, Mark, RunState

USER = settings.AUTH_USER_MODEL
PERCENT = [MinValueValidator(1), MaxValueValidator(100)]


class Course(Bilingual):
    """What can be learnt: its words in both languages, its length, and how much of it one must attend."""

    code = models.SlugField(_("code"), unique=True)
    description = models.TextField(_("description in English"), max_length=600)
    description_ur = models.TextField(_("description in Urdu"), max_length=600)
    hours = models.PositiveSmallIntegerField(_("hours"), validators=[MinValueValidator(1), MaxValueValidator(500)])
    sittings_planned = models.PositiveSmallIntegerField(
        _("number of classes"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("attendance for the certificate, percent"),
        default=80,
        validators=PERCENT,
        help_text=_("Of all classes. A change holds for dates that are planned afterwards."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered"), default=True)
    is_verified = models.BooleanField(_("confirmed by SMEDA"), default=False)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "description", "description_ur", "hours", "sittings_planned", "pass_percent",
        "order", "is_open", "is_verified",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(
                name="training_course_rule_in_percent", condition=Q(pass_percent__gte=1, pass_percent__lte=100)
            ),
            models.CheckConstraint(
                name="training_course_has_classes", condition=Q(sittings_planned__gte=1, hours__gte=1)
            ),
        ]

    @property
    def about(self) -> str:
        """The description in the reader's language."""
        return self.in_language("description")


class CourseRun(Versioned):
    """A course on certain days, with so many seats. Its rule is frozen when it is planned."""

    class Language(models.TextChoices):
        URDU = "ur", _("Urdu")
        PUNJABI = "pa", _("Punjabi")
        SINDHI = "sd", _("Sindhi")
        PASHTO = "ps", _("Pashto")
        SARAIKI = "skr", _("Saraiki")
        BALOCHI = "bal", _("Balochi")
        ENGLISH = "en", _("English")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs", verbose_name=_("course"))
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    language = models.CharField(
        _("language"), max_length=5, choices=Language.choices, default=Language.URDU, help_text=_("Spoken in class.")
    )
    women_only = models.BooleanField(_("women only"), default=False)
    is_online = models.BooleanField(_("on the phone"), default=False, help_text=_("People learn from where they are."))
    place = models.CharField(_("place in English"), max_length=100, blank=True)
    place_ur = models.CharField(_("place in Urdu"), max_length=100, blank=True)
    trainer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="runs", verbose_name=_("trainer"))
    capacity = models.PositiveSmallIntegerField(_("seats"), validators=[MinValueValidator(1), MaxValueValidator(1000)])
    seats_taken = models.PositiveSmallIntegerField(_("seats taken"), default=0, editable=False)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    state = models.CharField(
        _("state"), max_length=10, choices=RunState.choices, default=RunState.PLANNED, editable=False
    )
    hours = models.PositiveSmallIntegerField(_("hours"), editable=False)
    sittings_planned = models.PositiveSmallIntegerField(_("number of classes"), editable=False)
    pass_percent = models.PositiveSmallIntegerField(
        _("attendance for the certificate, percent"), validators=PERCENT, editable=False
    )

    SAFE_TO_COPY = {
        "id", "version", "course", "office", "district", "language", "women_only", "is_online", "place", "place_ur",
        "trainer", "capacity", "seats_taken", "starts_on", "ends_on", "state", "hours", "sittings_planned",
        "pass_percent",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    MOVES = RUN_MOVES
    objects = CourseRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("course date")
        verbose_name_plural = _("course dates")
        indexes = [
            models.Index(fields=["starts_on", "id"], name="training_run_upcoming", condition=Q(state="planned")),
            models.Index(fields=["trainer", "starts_on", "id"], name="training_run_by_trainer"),
            models.Index(fields=["district", "starts_on", "id"], name="training_run_by_district"),
        ]
        constraints = [
            models.CheckConstraint(
                name="training_seats_within_capacity",
                condition=Q(seats_taken__gte=0, seats_taken__lte=F("capacity")),
                violation_error_message=_("More people than that have a seat already."),
            ),
            models.CheckConstraint(name="training_run_has_seats", condition=Q(capacity__gte=1)),
            models.CheckConstraint(
                name="training_run_in_order",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                name="training_run_rule_in_percent", condition=Q(pass_percent__gte=1, pass_percent__lte=100)
            ),
            models.CheckConstraint(
                name="training_run_has_a_place",
                condition=Q(is_online=True) | (~Q(place="") & ~Q(place_ur="")),
                violation_error_message=_("Say where it is held, in both languages."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} · {words.plain(words.day_plain(self.starts_on))}"

    def get_absolute_url(self) -> str:
        return reverse("training:run-detail", args=[self.pk])

    @property
    def where(self) -> str:
        """The place in the reader's language."""
        return gettext("On your phone") if self.is_online else in_language(self, "place")

    @property
    def joining(self) -> str:
        """How to join a course on the phone, in the reader's language, where the office has said it."""
        return in_language(self, "place") if self.is_online else ""

    @property
    def where_in_full(self) -> str:
        """The place and its district, named once."""
        place, district = self.where, self.district.label
        if self.is_online or district in place:
            return place
        return gettext("{place}, {district}").format(place=place, district=district)

    @property
    def seats_left(self) -> int:
        return self.capacity - self.seats_taken


class Sitting(Versioned):
    """One class of a run. `held_at` says when attendance was first written down."""

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="sittings")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    topic = models.CharField(_("topic"), max_length=100, blank=True)
    held_at = models.DateTimeField(_("attendance marked"), null=True, blank=True, editable=False)

    SAFE_TO_COPY = {"id", "version", "run", "number", "starts_at", "ends_at", "topic", "held_at"}
    NEVER_COPIED: set[str] = set()

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["starts_at", "id"], name="training_sitting_unmarked", condition=Q(held_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "number"],
                name="training_sitting_number_once",
                violation_error_message=_("This number is in the list already."),
            ),
            models.CheckConstraint(
                name="training_sitting_in_order",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The class ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"class {self.number} of run {self.run_id}"

    def get_absolute_url(self) -> str:
        return reverse("training:sitting-detail", args=[self.pk])

    @property
    def is_held(self) -> bool:
        return self.held_at is not None


class Enrolment(Versioned):
    """Somebody's place on a run: a chair, or the next place on the waiting list. `grant` lets the trainer see them."""

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=10, choices=EnrolmentState.choices, default=EnrolmentState.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    seated_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "run", "person", "enterprise", "state", "asked_at", "by", "grant", "seated_at", "cancelled_at",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    MOVES = ENROLMENT_MOVES
    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("place on a course")
        verbose_name_plural = _("places on courses")
        indexes = [
            models.Index(fields=["run", "asked_at", "id"], name="training_waiting_list", condition=Q(state="waiting")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"], condition=Q(state__in=sorted(LIVE)), name="training_enrolled_once"
            ),
            models.CheckConstraint(
                name="training_seated_since",
                condition=Q(state="waiting", seated_at__isnull=True)
                | Q(state__in=["enrolled", "completed"], seated_at__isnull=False)
                | Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="training_cancelled_and_cancelled_at_together",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("training:enrolment-detail", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        return self.state == EnrolmentState.WAITING

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class Attendance(models.Model):
    """Whether somebody was in a class: who wrote it down last, and when."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField(max_length=10, choices=Mark.choices)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    SAFE_TO_COPY = {"id", "sitting", "enrolment", "mark", "by", "at"}
    NEVER_COPIED: set[str] = set()

    objects = OfEnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "enrolment"], name="training_attendance_once"),
            models.CheckConstraint(name="training_attendance_is_a_mark", condition=Q(mark__in=Mark.values)),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.enrolment_id} {self.mark}"


class Certificate(models.Model):
    """The paper that a finished course earns. Its code is all a stranger needs to check it, and cannot be guessed."""

    class Reason(models.TextChoices):
        ATTENDANCE = "attendance", _("Attendance was corrected: not enough classes were attended.")
        MISTAKE = "mistake", _("It was given by mistake.")
        PERSON = "person", _("Another person sat in the classes.")

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="certificate")
    code = models.CharField(_("code"), max_length=9, unique=True)
    issued_at = models.DateTimeField(_("given on"), default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)

    SAFE_TO_COPY = {"id", "enrolment", "issued_at", "revoked_at", "revoked_by", "revoked_reason"}
    NEVER_COPIED = {"code"}

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        indexes = [models.Index(fields=["issued_at"], name="training_certificate_by_day")]
        constraints = [
            models.CheckConstraint(
                name="training_certificate_code_form",
                condition=Q(code__regex=r"^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$"),
            ),
            models.CheckConstraint(
                name="training_revoked_at_by_and_reason_together",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.pk}"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None

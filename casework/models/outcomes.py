"""What came of the hand-holding: measures with how each is known, and the questions that ask for them."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case, Channel
from casework.models.parts import OfCase
from casework.querysets import FollowUpQuerySet, MeasureQuerySet
from casework.states import FOLLOW_UP_MOVES, FollowUpState
from enterprises.models import Document
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL
MOST = 2_000_000_000
# So long the client has to answer, and to put the answer right.
ANSWER_WITHIN = dt.timedelta(days=30)
STANDING = Q(removed_at__isnull=True)


class Band(models.IntegerChoices):
    """Rupees of a month, as bands of November 2026: nobody is asked for the number. Another cut takes new codes."""

    NOTHING = 0, _("Nothing")
    FIRST = 1, _("Up to Rs 10,000")
    SECOND = 2, _("Rs 10,000 to 25,000")
    THIRD = 3, _("Rs 25,000 to 50,000")
    FOURTH = 4, _("Rs 50,000 to 100,000")
    FIFTH = 5, _("More than Rs 100,000")


class Point(models.TextChoices):
    """Where in the hand-holding something was measured."""

    BASELINE = "baseline", _("at the beginning")
    AT_6_MONTHS = "m6", _("after 6 months")
    AT_12_MONTHS = "m12", _("after 12 months")
    OTHER = "other", _("on its day")


class FollowUp(OfCase, Versioned):
    """The client is asked what became of the business: once 6 months after they began, and once after 12.

    Whoever does not answer in 30 days is counted as somebody who did not.
    """

    class Anyway(models.TextChoices):
        YES = "yes", _("Yes")
        PARTLY = "partly", _("Partly")
        NO = "no", _("No")
        UNSURE = "unsure", _("I do not know")

    POINTS = (Point.AT_6_MONTHS, Point.AT_12_MONTHS)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="follow_ups")
    point = models.CharField(_("asked"), max_length=10, choices=[(point.value, point.label) for point in POINTS])
    state = models.CharField(max_length=10, choices=FollowUpState.choices, default=FollowUpState.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    # Whether it would have come about without the programme; the client's own judgement.
    anyway = models.CharField(_("would it have happened anyway"), max_length=10, choices=Anyway.choices, blank=True)
    # How a colleague was told; empty where the client answered on their own page.
    channel = models.CharField(_("how they answered"), max_length=10, choices=Channel.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Since when the client is asked whether what stands there is right; empty where it is their own word.
    to_confirm_since = models.DateTimeField(null=True, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "case", "point", "state", "asked_at", "due_on", "anyway", "channel", "answered_at",
        "answered_by", "to_confirm_since",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    MOVES = FOLLOW_UP_MOVES
    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about results")
        verbose_name_plural = _("questions about results")
        indexes = [
            models.Index(fields=["due_on", "id"], name="casework_follow_up_by_day"),
            models.Index(
                fields=["to_confirm_since"],
                condition=Q(to_confirm_since__isnull=False),
                name="casework_answers_to_confirm",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "point"], name="casework_asked_once_a_point"),
            models.CheckConstraint(
                name="casework_answered_by_somebody",
                condition=Q(state="answered", answered_at__isnull=False, answered_by__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True, answered_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="casework_confirms_what_was_answered", condition=Q(to_confirm_since=None) | Q(state="answered")
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:outcome-list", args=[self.case_id])

    @property
    def by_themselves(self) -> bool:
        """Answered on the client's own page."""
        return self.answered_at is not None and not self.channel

    @property
    def answer_again_until(self) -> dt.date | None:
        """The last day on which the client can put the answer right, or what a colleague wrote down for them."""
        since = self.to_confirm_since or self.answered_at
        return None if since is None else timezone.localdate(since) + ANSWER_WITHIN


class Measure(OfCase, models.Model):
    """One result of a client: how much, as of which day, how it is known, and who wrote it down.

    What the client answered themselves is *confirmed* by that answer alone; nobody can type it. Of one point several
    may stand, each known in another way: the best known one counts, and the others stand beside it. What is typed as
    *documented* names the paper that says so, and takes no word of the client's away.
    """

    class What(models.TextChoices):
        WOMEN = "women", _("Women who work there")
        WOMEN_PAID = "women_paid", _("Women who are paid")
        MEN = "men", _("Men who work there")
        MEN_PAID = "men_paid", _("Men who are paid")
        SALES = "sales", _("Sales of a month")
        PROFIT = "profit", _("Profit of a month")
        INCOME = "income", _("Income of the household in a month")
        BANK = "bank", _("Own bank account or wallet")
        REGISTRATIONS = "registrations", _("Registrations obtained")
        LOAN = "loan", _("Loan received")

    class Grade(models.TextChoices):
        SAID = "said", _("said")
        SEEN = "seen", _("seen")
        DOCUMENTED = "documented", _("documented")
        CONFIRMED = "confirmed", _("confirmed by the client")

    # How a value is read.
    BANDS = frozenset({What.PROFIT, What.INCOME})
    RUPEES = frozenset({What.SALES, What.LOAN})
    # What papers and events of other floors prove, and nobody types.
    BY_EVENT = frozenset({What.REGISTRATIONS, What.LOAN})

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    what = models.CharField(_("what"), max_length=15, choices=What.choices)
    point = models.CharField(_("when"), max_length=10, choices=Point.choices, default=Point.OTHER)
    value = models.PositiveIntegerField(_("how much"), validators=[MaxValueValidator(MOST)])
    on = models.DateField(_("as of"))
    grade = models.CharField(_("how it is known"), max_length=10, choices=Grade.choices)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, null=True, blank=True, related_name="measures")
    # Taken over from the details, and typed by nobody: it follows them.
    is_taken_over = models.BooleanField(default=False, db_default=False, editable=False)
    # The paper that says so, where somebody typed it.
    paper = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("which paper")
    )
    # The event that proves it; each once.
    event_id = models.BigIntegerField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Why a colleague took it out; empty where another figure took its place.
    removed_because = models.CharField(_("why it is taken out"), max_length=200, blank=True, default="", db_default="")

    SAFE_TO_COPY = {
        "id", "case", "what", "point", "on", "grade", "by", "at", "follow_up", "is_taken_over", "paper", "event_id",
        "removed_at", "removed_by",
    }  # fmt: skip
    NEVER_COPIED = {"value", "removed_because"}

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        indexes = [models.Index(fields=["case", "what", "-on"], name="casework_measure_by_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "what", "point", "grade"],
                condition=STANDING & ~Q(point="other"),
                name="casework_measured_once_a_grade",
                violation_error_message=_("There is another figure for this by now. Look at the list again."),
            ),
            models.UniqueConstraint(fields=["event_id", "what"], name="casework_measured_once_by_an_event"),
            models.CheckConstraint(
                name="casework_measure_removed_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_confirmed_by_an_answer",
                condition=~Q(grade="confirmed") | Q(follow_up__isnull=False),
            ),
            models.CheckConstraint(
                name="casework_paper_of_what_is_documented", condition=Q(paper=None) | Q(grade="documented")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"

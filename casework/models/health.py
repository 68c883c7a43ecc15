from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.parts import OfCase
from casework.models.plans import StepKind
from casework.querysets import AnswerQuerySet, HealthCheckQuerySet, QuestionnaireQuerySet
from casework.states import HEALTH_MOVES, HealthState
from journal.models import Versioned
from places.models import Bilingual

USER = settings.AUTH_USER_MODEL


class Area(models.TextChoices):
    """What a business check looks at, in the order of its pages."""

    # One short word each: they stand at the corners of a drawing.
    RECORDS = "records", _("Records")
    MONEY = "money", _("Money")
    MARKET = "market", _("Market")
    OPERATIONS = "operations", _("Work")
    PEOPLE = "people", _("People")
    COMPLIANCE = "compliance", _("Papers")


class Questionnaire(models.Model):
    """The questions of business checks, as they were at a time. A published one never changes: the database holds it.

    Other questions are another questionnaire with the next number; checks keep the one that they began with.
    """

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    SAFE_TO_COPY = {"id", "number", "published_at"}
    NEVER_COPIED: set[str] = set()

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire of business checks")
        verbose_name_plural = _("questionnaires of business checks")

    def __str__(self) -> str:
        return str(_("questionnaire {number}")).format(number=self.number)


class Question(Bilingual):
    """A question in plain words, with a hint and an example."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="questions", verbose_name=_("questionnaire")
    )
    code = models.SlugField(_("code"))
    area = models.CharField(_("area"), max_length=10, choices=Area.choices)
    order = models.PositiveSmallIntegerField(_("order"))
    hint = models.CharField(_("hint"), max_length=200, blank=True)
    hint_ur = models.CharField(_("hint, in Urdu"), max_length=200, blank=True)
    example = models.CharField(_("example"), max_length=200, blank=True)
    example_ur = models.CharField(_("example, in Urdu"), max_length=200, blank=True)
    # The step of a plan that helps whoever gives a weak answer.
    suggests = models.ForeignKey(
        StepKind, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("suggested step")
    )

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "questionnaire", "code", "area", "order", "hint", "hint_ur", "example", "example_ur",
        "suggests",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    class Meta:
        verbose_name = _("question of a business check")
        verbose_name_plural = _("questions of business checks")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "code"], name="casework_question_once"),
            models.UniqueConstraint(fields=["questionnaire", "order"], name="casework_question_in_its_place"),
        ]


class Option(Bilingual):
    """An answer in words, and how good it is, from 0 to 3."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="options", verbose_name=_("question"))
    order = models.PositiveSmallIntegerField(_("order"))
    points = models.PositiveSmallIntegerField(_("points"))

    SAFE_TO_COPY = {"id", "name", "name_ur", "question", "order", "points"}
    NEVER_COPIED: set[str] = set()

    MOST_POINTS = 3

    class Meta:
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["question", "order"], name="casework_option_in_its_place"),
            models.CheckConstraint(name="casework_points_up_to_three", condition=Q(points__lte=3)),
        ]


class HealthCheck(OfCase, Versioned):
    """How a business stands, asked area by area (a business check on every page). Its scores are fixed at its end."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="health_checks")
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=HealthState.choices, default=HealthState.DRAFT)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    done_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    # Of 100, by area, as they were counted when it was finished.
    scores = models.JSONField(default=dict, blank=True)

    SAFE_TO_COPY = {"id", "version", "case", "questionnaire", "state", "by", "at", "done_by", "done_at", "scores"}
    NEVER_COPIED: set[str] = set()

    MOVES = HEALTH_MOVES
    objects = HealthCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("business check")
        verbose_name_plural = _("business checks")
        indexes = [models.Index(fields=["case", "-done_at", "-id"], name="casework_health_by_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state="draft"),
                name="casework_one_health_check_begun",
                violation_error_message=_("A business check is begun already. Go on with that one."),
            ),
            models.CheckConstraint(
                name="casework_health_check_done_with_scores",
                condition=Q(state="draft", done_by__isnull=True, done_at__isnull=True, scores={})
                | (Q(state="done", done_by__isnull=False, done_at__isnull=False) & ~Q(scores={})),
            ),
        ]

    def __str__(self) -> str:
        return f"health check {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("casework:health-detail", args=[self.pk])

    @property
    def areas(self) -> list[tuple[Area, int]]:
        """The areas in their order, each with its score."""
        return [(area, self.scores[area]) for area in Area if area in self.scores]

    @property
    def overall(self) -> int:
        """All areas weigh the same."""
        return round(sum(self.scores.values()) / len(self.scores))


class Answer(models.Model):
    """What was answered to a question of a check. Of a finished check the database lets none change."""

    health_check = models.ForeignKey(HealthCheck, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="+")

    SAFE_TO_COPY = {"id", "health_check", "question", "option"}
    NEVER_COPIED: set[str] = set()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["health_check", "question"], name="casework_answered_once")]

    def __str__(self) -> str:
        return f"answer {self.pk}"

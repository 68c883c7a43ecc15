"""Family and household: stated and dated, like everything that somebody says of somebody."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.family_querysets import (
    FamilyQuestionQuerySet,
    HouseholdQuerySet,
    KinshipQuerySet,
    ResidenceQuerySet,
)
from enterprises.kin import INVERSE, ONE_AT_A_TIME, Ending, Relation, Tie
from enterprises.models.people import Person, Sex
from enterprises.models.statements import Statement
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL
MOST_PEOPLE = 60


class Days(Func):
    """From one day until another, or without end."""

    function = "daterange"
    output_field = DateRangeField()


class Stated(Versioned):
    """A row that says who stated it, how they knew, and when."""

    source = models.CharField(_("how it is known"), max_length=10, choices=Statement.Source.choices)
    stated_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class FamilyQuestion(models.Model):
    """Why somebody is asked about their family. Without such a question nobody asks, and no colleague reads it."""

    class Purpose(models.TextChoices):
        GUARANTEE = "guarantee", _("for the guarantors of a loan")
        GROUP = "group", _("for a group of borrowers")
        SCHEME = "scheme", _("for a scheme")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="family_questions")
    purpose = models.CharField(_("what for"), max_length=10, choices=Purpose.choices)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("no longer asked"), null=True, editable=False)

    SAFE_TO_COPY = {"id", "person", "purpose", "asked_by", "asked_at", "closed_at"}
    NEVER_COPIED: set[str] = set()

    objects = FamilyQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about the family")
        verbose_name_plural = _("questions about the family")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(closed_at__isnull=True), name="enterprises_family_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose}"


class Kinship(Stated):
    """`relative`, or whoever is called `name`, is the `relation` of `person`. Never edited: another statement ends it.

    Of two people on file each relation stands once, said of the one with the lower number; its inverse follows
    (`enterprises.kin`). Somebody who is not on file is a name, and no more is kept of them; whoever was found by their
    card is called as whoever typed it called them. `asked_of` is the one of the two who was asked: the other does not
    read it, for it would tell them of a loan or of a scheme.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin_said_of")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="kin_said_as")
    asked_of = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="kin_told")
    name = models.CharField(_("name of the relative"), max_length=120, blank=True)
    sex = models.CharField(_("sex of the relative"), max_length=12, choices=Sex.choices, blank=True)
    relation = models.CharField(_("relation"), max_length=14, choices=Relation.choices)
    since_on = models.DateField(_("married since"), null=True, blank=True)
    ended_on = models.DateField(_("marriage ended"), null=True, blank=True)
    # Where nobody knows the day, `ended_on` is the one by which it had happened: when it was said.
    is_end_known = models.BooleanField(_("the day of the end is known"), default=True, db_default=True)
    ending = models.CharField(_("how it ended"), max_length=8, choices=Ending.choices, blank=True)
    until_at = models.DateTimeField(_("stands until"), null=True, editable=False)
    taken_back_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", editable=False)

    SAFE_TO_COPY = {
        "id", "version", "person", "relative", "asked_of", "sex", "relation", "since_on", "ended_on",
        "is_end_known", "ending", "source", "stated_by", "stated_at", "until_at", "taken_back_by",
    }  # fmt: skip
    NEVER_COPIED = {"name"}

    objects = KinshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("kinship")
        verbose_name_plural = _("kinships")
        constraints = [
            models.CheckConstraint(
                name="enterprises_kin_on_file_or_by_name",
                condition=(Q(relative__isnull=False, sex="")) | (Q(relative__isnull=True) & ~Q(name="") & ~Q(sex="")),
            ),
            # One way to write two people down: nobody is their own relative, and no inverse contradicts.
            models.CheckConstraint(
                name="enterprises_kin_said_of_the_lower_number",
                condition=Q(relative__isnull=True) | Q(person__lt=F("relative")),
            ),
            models.CheckConstraint(
                name="enterprises_kin_asked_of_one_of_the_two",
                condition=Q(asked_of=F("person")) | Q(relative__isnull=False, asked_of=F("relative")),
            ),
            models.CheckConstraint(
                name="enterprises_only_marriages_begin_and_end",
                condition=Q(relation="spouse") | Q(since_on__isnull=True, ended_on__isnull=True, ending=""),
            ),
            models.CheckConstraint(
                name="enterprises_marriage_ended_how_and_when_together",
                condition=Q(ended_on__isnull=True, ending="") | (Q(ended_on__isnull=False) & ~Q(ending="")),
            ),
            models.CheckConstraint(
                name="enterprises_marriage_begins_before_it_ends",
                condition=Q(since_on__isnull=True) | Q(ended_on__isnull=True) | Q(since_on__lte=F("ended_on")),
            ),
            models.CheckConstraint(
                name="enterprises_kin_taken_back_is_over",
                condition=Q(taken_back_by__isnull=True) | Q(until_at__isnull=False),
            ),
            # Husband and sister at one time is a contradiction; married again after a divorce is none.
            ExclusionConstraint(
                name="enterprises_kin_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("relative", RangeOperators.EQUAL),
                    (Days("since_on", "ended_on"), RangeOperators.OVERLAPS),
                ],
                condition=Q(until_at__isnull=True, relative__isnull=False, relation__in=sorted(ONE_AT_A_TIME)),
                violation_error_message=_("They are written down as something else to each other already."),
            ),
            models.UniqueConstraint(
                fields=["person", "relative", "relation"],
                condition=Q(until_at__isnull=True, relation__in=sorted(set(Relation) - ONE_AT_A_TIME)),
                name="enterprises_kin_said_once",
                violation_error_message=_("This relative is written down already."),
            ),
        ]

    def __str__(self) -> str:
        return f"kinship {self.pk}"

    @property
    def is_standing(self) -> bool:
        return self.until_at is None

    def as_seen_by(self, person: Person) -> tuple[str, Person | None]:
        """What the other is to the person, and who it is; from whichever side, and of whichever joined record."""
        if person.pk in {self.person_id, self.person.merged_into_id}:
            return self.relation, self.relative
        return INVERSE[Relation(self.relation)], self.person

    @property
    def tie(self) -> Tie:
        """What the rules need of it; somebody who is only a name is nobody else's relative."""
        return Tie(self.person_id, self.relative_id or 0, self.relation, self.since_on, self.ended_on, self.ending)


class Household(Stated):
    """People under one roof who eat from one kitchen: how many, and how many of them earn. Most are not on file.

    It is what one person told, and so there may be several of one roof: see `Residence.asked_of`.
    """

    size = models.PositiveSmallIntegerField(
        _("people in the household"), validators=[MinValueValidator(1), MaxValueValidator(MOST_PEOPLE)]
    )
    earners = models.PositiveSmallIntegerField(_("people who earn"), validators=[MaxValueValidator(MOST_PEOPLE)])

    SAFE_TO_COPY = {"id", "version", "size", "earners", "source", "stated_by", "stated_at"}
    NEVER_COPIED: set[str] = set()

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.CheckConstraint(name="enterprises_household_size", condition=Q(size__range=(1, MOST_PEOPLE))),
            models.CheckConstraint(
                name="enterprises_earners_among_the_household", condition=Q(earners__lte=F("size"), earners__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"household {self.pk}"


class Residence(Stated):
    """Somebody on file lives in a household from a day on, until they move out: in one at a time of each who told so.

    `asked_of` is who told it. Nobody else of the family reads it, nor is told that they said something else.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="residences")
    asked_of = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="residences_told")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="residences")
    from_on = models.DateField(_("from"), default=timezone.localdate)
    until_on = models.DateField(_("until"), null=True, blank=True)

    SAFE_TO_COPY = {
        "id", "version", "person", "asked_of", "household", "from_on", "until_on", "source", "stated_by", "stated_at",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = ResidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("residence")
        verbose_name_plural = _("residences")
        constraints = [
            models.CheckConstraint(
                name="enterprises_moved_in_before_out",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
            ExclusionConstraint(
                name="enterprises_one_household_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("asked_of", RangeOperators.EQUAL),
                    (Days("from_on", "until_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person lives in a household already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"

"""Provinces, divisions and dated districts, and the days on which nobody works."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from places.querysets import AliasQuerySet, DistrictQuerySet, HolidayQuerySet


class Bilingual(models.Model):
    """Something with a name in English and in Urdu. A further language is a further field `name_<code>`."""

    name = models.CharField(_("name in English"), max_length=100)
    name_ur = models.CharField(_("name in Urdu"), max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language, or in English where it has none."""
        return self.in_language("name")

    def in_language(self, field: str) -> str:
        return in_language(self, field)


def in_language(item: models.Model, field: str) -> str:
    """What `field` says in the reader's language, or in English where nothing is written in it."""
    language = (get_language() or "en")[:2]
    return getattr(item, f"{field}_{language}", "") or getattr(item, field)


class Province(Bilingual):
    """A province, or a territory that is treated as one. `code` is that of ISO 3166-2."""

    code = models.SlugField(_("code"), max_length=2, unique=True)
    order = models.PositiveSmallIntegerField(_("order in lists"), unique=True)

    SAFE_TO_COPY = frozenset({"id", "code", "name", "name_ur", "order"})
    NEVER_COPIED: frozenset[str] = frozenset()

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["order"]


class Division(Bilingual):
    code = models.SlugField(_("code"), unique=True)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="divisions", verbose_name=_("province")
    )

    SAFE_TO_COPY = frozenset({"id", "code", "name", "name_ur", "province"})
    NEVER_COPIED: frozenset[str] = frozenset()

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ["province__order", "name"]


class District(Bilingual):
    """A district while it exists. One that is split off names its parent, so that older figures can be compared."""

    class Standing(models.TextChoices):
        ESTABLISHED = "established", _("long established")
        RECENT = "recent", _("new: missing from many lists and identity cards")

    code = models.SlugField(_("code"), unique=True)
    prefix = models.CharField(
        _("letters of its references"),
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", _("Write three capital letters, such as MUL."))],
        help_text=_("Three capital letters that begin the reference of every case of the district."),
    )
    alias = models.CharField(_("other name in English"), max_length=100, blank=True)
    alias_ur = models.CharField(_("other name in Urdu"), max_length=100, blank=True)
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="districts", verbose_name=_("division")
    )
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="districts", verbose_name=_("province")
    )
    standing = models.CharField(_("standing"), max_length=12, choices=Standing.choices, default=Standing.ESTABLISHED)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("split off from"),
    )
    successors = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="predecessors",
        verbose_name=_("became"),
        help_text=_("For a district that ended: those that took its place."),
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = DistrictQuerySet.as_manager()

    SAFE_TO_COPY = frozenset(
        {
            "id",
            "code",
            "prefix",
            "name",
            "name_ur",
            "alias",
            "alias_ur",
            "division",
            "province",
            "standing",
            "parent",
            "starts_on",
            "ends_on",
        }
    )
    NEVER_COPIED: frozenset[str] = frozenset()

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="places_district_prefix_is_three_capitals",
                condition=Q(prefix__regex=r"^[A-Z]{3}$"),
                violation_error_message=_("Write three capital letters, such as MUL."),
            ),
            models.CheckConstraint(
                name="places_district_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                name="places_district_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
        ]

    def clean(self) -> None:
        if self.parent_id and self.parent_id == self.pk:
            raise ValidationError({"parent": _("A district cannot be split off from itself.")})
        if self.division_id and self.province_id and self.division.province_id != self.province_id:
            raise ValidationError({"province": _("The division lies in another province.")})

    @property
    def full_label(self) -> str:
        """The label with the other name that people know the district by: Shaheed Benazirabad (Nawabshah)."""
        alias = self.in_language("alias")
        return f"{self.label} ({alias})" if alias else self.label

    @property
    def choice_label(self) -> str:
        """The full label; a new district also names its parent, which cards and people still say."""
        if self.standing != self.Standing.RECENT or self.parent is None:
            return self.full_label
        return _("%(district)s (new, was in %(parent)s)") % {"district": self.label, "parent": self.parent.label}


class Alias(Bilingual):
    """Another name that leads to a district: a town in it, its old name, a short form, a spelling."""

    class Kind(models.TextChoices):
        TOWN = "town", _("town or tehsil in it")
        OLD = "old", _("old name")
        SHORT = "short", _("short form")
        SPELLING = "spelling", _("other spelling")

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="aliases", verbose_name=_("district"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.TOWN)
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("When the town came to another district. An old name stays.")
    )
    verified = models.BooleanField(_("confirmed"), default=False, help_text=_("Checked against an official list."))

    objects = AliasQuerySet.as_manager()

    SAFE_TO_COPY = frozenset({"id", "name", "name_ur", "district", "kind", "from_on", "until_on", "verified"})
    NEVER_COPIED: frozenset[str] = frozenset()

    class Meta:
        verbose_name = _("other name of a district")
        verbose_name_plural = _("other names of districts")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                name="places_alias_once_a_district",
                fields=["district", "name"],
                violation_error_message=_("This district has this name already."),
            ),
            models.CheckConstraint(
                name="places_alias_ends_after_it_starts",
                condition=Q(from_on__isnull=True) | Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                violation_error_message=_("The last day comes before the first day."),
            ),
        ]


class Holiday(Bilingual):
    """A day of the gazette. Only some kinds close the programme: see `HolidayQuerySet.closing`."""

    class Calendar(models.TextChoices):
        ALL = "all", _("every calendar")
        OFFICE = "office", _("SMEDA's offices")
        LENDING = "lending", _("the lender's branches")

    class Kind(models.TextChoices):
        FIXED = "fixed", _("the same date every year")
        LUNAR = "lunar", _("follows the moon")
        BANK = "bank", _("banks only")
        PROVINCIAL = "provincial", _("one province only: closes nothing here")
        MINORITY = "minority", _("for one community: closes nothing here")

    on = models.DateField(_("day"))
    calendar = models.CharField(_("whom it closes"), max_length=8, choices=Calendar.choices, default=Calendar.ALL)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.FIXED)
    verified = models.BooleanField(
        _("confirmed"), default=False, help_text=_("The government has announced this date.")
    )

    objects = HolidayQuerySet.as_manager()

    SAFE_TO_COPY = frozenset({"id", "on", "name", "name_ur", "calendar", "kind", "verified"})
    NEVER_COPIED: frozenset[str] = frozenset()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                name="places_one_holiday_a_day_and_calendar",
                fields=["on", "calendar"],
                violation_error_message=_("This day is in the calendar already."),
            )
        ]

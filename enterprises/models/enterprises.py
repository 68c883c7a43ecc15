from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from enterprises.models.people import Person
from enterprises.querysets import EnterpriseQuerySet, GrantQuerySet, OwnershipQuerySet, SectorQuerySet
from journal.models import Versioned
from places.models import Bilingual, District


class Sector(Bilingual):
    """A line of trade. Forms offer the lines; reports count them under the sector that they belong to."""

    code = models.SlugField(_("code"), unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("counted under")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("offered in forms"), default=True)

    SAFE_TO_COPY = {"id", "name", "name_ur", "code", "parent", "order", "is_open"}
    NEVER_COPIED: set[str] = set()

    objects = SectorQuerySet.as_manager()

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.label


class Help(models.TextChoices):
    """What somebody asks the programme for, in the words of the registration form."""

    LOAN = "loan", _("A loan without interest")
    COURSE = "course", _("A course")
    PAPERS = "papers", _("Business papers (tax number, licence)")
    ACCOUNTS = "accounts", _("Keeping accounts")
    CUSTOMERS = "customers", _("Finding customers")
    START = "start", _("Starting a business")
    OTHER = "other", _("Something else")


class Enterprise(Versioned):
    """A business, or the idea of one. `reference` is what its owner reads out on the telephone."""

    class Stage(models.TextChoices):
        IDEA = "idea", _("I have an idea")
        RUNNING = "running", _("I have a business")

    class Per(models.TextChoices):
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")
        YEAR = "year", _("a year")

    class Premises(models.TextChoices):
        HOME = "home", _("At home")
        RENTED = "rented", _("A rented shop or workshop")
        OWN = "own", _("My own shop or workshop")
        STALL = "stall", _("A stall or cart")
        LAND = "land", _("Land or animals")
        NONE = "none", _("No fixed place")

    class LegalForm(models.TextChoices):
        SOLE = "sole", _("One owner")
        FAMILY = "family", _("A family together")
        PARTNERSHIP = "partnership", _("Partners with a written agreement")
        COMPANY = "company", _("A company")
        COOPERATIVE = "cooperative", _("A cooperative")

    class Area(models.TextChoices):
        URBAN = "urban", _("In a city")
        SEMI_URBAN = "semi_urban", _("In a town, or at the edge of a city")
        RURAL = "rural", _("In a village")

    # Days, weeks and months in which a small business sells in a year: six days a week, holidays left out.
    A_YEAR = {Per.DAY: 300, Per.WEEK: 50, Per.MONTH: 12, Per.YEAR: 1}
    # Rupees; more of a month is a slip of whoever typed it.
    MOST_A_MONTH = 2_000_000_000

    reference = models.CharField(_("reference"), max_length=16, unique=True, editable=False)
    name = models.CharField(_("name of the business"), max_length=120, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    # Said later, where it was not said at first.
    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("kind of business")
    )
    what = models.CharField(_("what it makes or sells"), max_length=200, blank=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name=_("district"))
    place = models.CharField(_("village, town or street"), max_length=200, blank=True)
    started_on = models.DateField(_("running since"), null=True, blank=True)
    help_wanted = models.JSONField(_("help wanted"), default=list)
    # Asked later, when it is needed; each may stay empty. Sales as they were said, for people count by day or month.
    sales = models.PositiveIntegerField(_("sales"), null=True, blank=True)
    sales_per = models.CharField(
        _("sales per"), max_length=5, choices=Per.choices, blank=True, default="", db_default=""
    )
    workers = models.PositiveSmallIntegerField(_("people who work there"), null=True, blank=True)
    women = models.PositiveSmallIntegerField(_("women among them"), null=True, blank=True)
    premises = models.CharField(
        _("where they work"), max_length=10, choices=Premises.choices, blank=True, default="", db_default=""
    )
    legal_form = models.CharField(
        _("whose business it is"), max_length=12, choices=LegalForm.choices, blank=True, default="", db_default=""
    )
    area = models.CharField(
        _("kind of place"), max_length=10, choices=Area.choices, blank=True, default="", db_default=""
    )
    owners = models.ManyToManyField(Person, through="Ownership", related_name="enterprises")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(default=timezone.now, editable=False)
    # From when on it is a client; a lead until then, and in no total.
    client_since = models.DateTimeField(_("client since"), null=True, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")

    SAFE_TO_COPY = {
        "id", "version", "reference", "stage", "sector", "district", "started_on", "help_wanted", "sales_per",
        "workers", "women", "premises", "legal_form", "area", "registered_by", "registered_at", "client_since",
        "merged_into",
    }  # fmt: skip
    NEVER_COPIED = {"name", "what", "place", "sales"}

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        indexes = [
            models.Index(fields=["district", "registered_at", "id"], name="enterprises_by_district"),
            models.Index(fields=["client_since"], name="enterprises_client_since"),
            GinIndex(name="enterprises_enterprise_name", fields=["name"], opclasses=["gin_trgm_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="enterprises_sales_and_per_together",
                condition=Q(sales__isnull=True, sales_per="") | (Q(sales__isnull=False) & ~Q(sales_per="")),
            ),
            models.CheckConstraint(
                name="enterprises_women_among_workers",
                condition=Q(women__isnull=True) | Q(workers__isnull=False, women__lte=F("workers")),
            ),
            models.CheckConstraint(
                name="enterprises_idea_has_no_start", condition=Q(stage="running") | Q(started_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}".rstrip()

    @property
    def called(self) -> str:
        """How it is called wherever it is named: as its owner calls it, else by its trade, else by where it is."""
        if self.name:
            return self.name
        if self.sector is not None:
            return self.sector.label
        is_idea = self.stage == self.Stage.IDEA
        place = {"district": self.district.label}
        return (gettext("An idea in %(district)s") if is_idea else gettext("A business in %(district)s")) % place

    @property
    def enterprise_id(self) -> int:
        return self.pk

    def record_ids(self) -> list[int]:
        """The numbers under which events name it: its own, and those of businesses merged into it."""
        return [self.pk, *self.merged_from.values_list("pk", flat=True)]

    @property
    def sales_a_year(self) -> int | None:
        """Yearly sales in rupees, worked out from what was said; None where nothing was."""
        return None if self.sales is None else self.sales * self.A_YEAR[self.Per(self.sales_per)]

    @property
    def sales_a_month(self) -> int | None:
        """The same for a month, to the rupee."""
        return None if self.sales_a_year is None else round(self.sales_a_year / self.A_YEAR[self.Per.MONTH])


class Ownership(models.Model):
    """Who owns an enterprise. One person may own several, and one enterprise may have several owners."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ownerships")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="ownerships")
    is_contact = models.BooleanField(default=True)
    from_on = models.DateField(default=timezone.localdate)
    until_on = models.DateField(null=True, blank=True)
    # Who wrote down that somebody owns it beside whoever registered it, and who ended that, and why.
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_because = models.CharField(max_length=300, blank=True, db_default="")

    SAFE_TO_COPY = {"id", "person", "enterprise", "is_contact", "from_on", "until_on", "added_by", "ended_by"}
    NEVER_COPIED = {"ended_because"}

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "enterprise"], condition=Q(until_on__isnull=True), name="enterprises_owner_once"
            ),
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=Q(until_on__isnull=True, is_contact=True),
                name="enterprises_one_contact",
            ),
            models.CheckConstraint(
                name="enterprises_ownership_ended_together",
                condition=Q(ended_by__isnull=True, ended_because="")
                | (Q(ended_by__isnull=False, until_on__isnull=False) & ~Q(ended_because="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.enterprise_id}"


class Grant(models.Model):
    """The only sight beyond one's district: written and ended with the referral, enrolment or application it serves."""

    class Purpose(models.TextChoices):
        CASE = "case", _("hand-holding")
        REFERRAL = "referral", _("referral")
        ENROLMENT = "enrolment", _("course")
        APPLICATION = "application", _("loan application")
        GUARANTEE = "guarantee", _("guarantee")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="grants")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    from_at = models.DateTimeField(default=timezone.now)
    until_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    SAFE_TO_COPY = {"id", "enterprise", "office", "user", "purpose", "from_at", "until_at", "given_by", "ended_by"}
    NEVER_COPIED: set[str] = set()

    objects = GrantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["enterprise", "office"], name="enterprises_grant_office"),
            models.Index(fields=["enterprise", "user"], name="enterprises_grant_user"),
        ]
        constraints = [
            models.CheckConstraint(
                name="enterprises_grant_to_office_or_user",
                condition=Q(office__isnull=False, user__isnull=True) | Q(office__isnull=True, user__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "office", "purpose"],
                condition=Q(until_at__isnull=True, office__isnull=False),
                name="enterprises_office_grant_once",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "user", "purpose"],
                condition=Q(until_at__isnull=True, user__isnull=False),
                name="enterprises_user_grant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.purpose}"

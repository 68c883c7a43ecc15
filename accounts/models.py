import secrets
from datetime import date, timedelta
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import _user_has_perm  # type: ignore[attr-defined]
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.querysets import (
    LONGEST_CHAIN,
    AppointmentQuerySet,
    LocalClosureQuerySet,
    OfficeDistrictQuerySet,
    OfficeQuerySet,
    UserManager,
)
from accounts.roles import CLIENT_ROLES, DISTRICT_ROLES, Role
from journal.models import Versioned
from kit import words
from places.models import Bilingual, District

LONGEST_CLOSURE = timedelta(days=92)


class Sex(models.TextChoices):
    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    TRANSGENDER = "transgender", _("Transgender (X on the card)")


class Language(models.TextChoices):
    """What colleagues and clients speak with each other; what pages are written in is `settings.LANGUAGES`."""

    URDU = "ur", _("Urdu")
    PUNJABI = "pa", _("Punjabi")
    SARAIKI = "skr", _("Saraiki")
    SINDHI = "sd", _("Sindhi")
    PASHTO = "ps", _("Pashto")
    BALOCHI = "bal", _("Balochi")
    BRAHUI = "brh", _("Brahui")
    HINDKO = "hno", _("Hindko")
    ENGLISH = "en", _("English")


class Office(Bilingual):
    """A place with a telephone: SMEDA's offices cover districts, a lender's branches belong to area and region."""

    class Organisation(models.TextChoices):
        SMEDA = "smeda", _("SMEDA")
        LENDER = "lender", _("Lender")
        OTHER = "other", _("Other partner")

    code = models.SlugField(_("code"), unique=True)
    organisation = models.CharField(_("organisation"), max_length=10, choices=Organisation.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    depth = models.PositiveSmallIntegerField(_("level"), default=0, help_text=_("0 is the head office."))
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    address_ur = models.CharField(_("address in Urdu"), max_length=200, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    hours_ur = models.CharField(_("opening hours in Urdu"), max_length=120, blank=True)
    opened_on = models.DateField(_("first day"), null=True, blank=True, help_text=_("Leave it empty if not known."))
    closed_on = models.DateField(
        _("closed on"), null=True, blank=True, help_text=_("The first day on which it is not open. History stays.")
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
        help_text=_("Serves what this office covered, from the day it closed."),
    )
    is_verified = models.BooleanField(_("facts verified"), default=False)

    SAFE_TO_COPY = {
        "id", "name", "name_ur", "code", "organisation", "parent", "depth", "phone", "address", "address_ur", "hours",
        "hours_ur", "opened_on", "closed_on", "successor", "is_verified",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["depth", "name"]
        constraints = [
            models.CheckConstraint(
                name="accounts_office_closes_after_it_opens",
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                violation_error_message=_("It cannot close before it opens."),
            ),
            models.CheckConstraint(
                name="accounts_successor_of_a_closed_office",
                condition=Q(successor__isnull=True) | (Q(closed_on__isnull=False) & ~Q(successor=F("id"))),
                violation_error_message=_("Only an office that closes has a successor, and it is another office."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("accounts:office-detail", args=[self.code])

    def clean(self) -> None:
        """Refuse a successor of another organisation, one that had closed before, a circle and a chain too long."""
        if self.successor is None or self.closed_on is None:
            return
        if self.successor.organisation != self.organisation:
            raise ValidationError({"successor": _("The successor must belong to the same organisation.")})
        chain = [self.pk]
        office: Office | None = self.successor
        while office is not None:
            if office.pk in chain:
                raise ValidationError({"successor": _("These offices would succeed each other in a circle.")})
            chain.append(office.pk)
            office = office.successor
        if len(chain) + self.chain_behind() > LONGEST_CHAIN:
            raise ValidationError({"successor": _("This chain of successors is too long. Name the last office.")})

    def chain_behind(self) -> int:
        """How many closed offices, one behind the other, lead to this one."""
        behind, edge = 0, {self.pk}
        while behind < LONGEST_CHAIN and self.pk is not None:
            edge = set(Office.objects.filter(successor_id__in=edge).values_list("id", flat=True))
            if not edge:
                break
            behind += 1
        return behind

    def is_open(self, *, on: date) -> bool:
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or self.closed_on > on)

    def heir(self, *, on: date) -> "Office | None":
        """The office itself while it is open, else the first successor that is; none where nobody took over."""
        office: Office | None = self
        while office is not None and not office.is_open(on=on):
            office = office.successor
        return office


class OfficeDistrict(models.Model):
    """From when to when an office covers a district. A branch of the lender lends there; SMEDA's office sees it."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cover", verbose_name=_("office"))
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)

    SAFE_TO_COPY = {"id", "office", "district", "from_on", "until_on"}
    NEVER_COPIED: set[str] = set()

    objects = OfficeDistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("district covered")
        verbose_name_plural = _("districts covered")
        constraints = [
            models.UniqueConstraint(fields=["office", "district", "from_on"], name="accounts_cover_once"),
            models.CheckConstraint(
                name="accounts_cover_in_order", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} · {self.district}"


def opaque_username() -> str:
    return secrets.token_hex(12)


class User(AbstractBaseUser):
    """Somebody who can sign in. What staff may do comes from their dated appointments; nobody is a superuser."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("staff")
        ENTREPRENEUR = "entrepreneur", _("entrepreneur")
        SYSTEM = "system", _("the portal itself")

    username = models.CharField(max_length=40, unique=True, default=opaque_username, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.STAFF)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    full_name_ur = models.CharField(_("name in Urdu"), max_length=120, blank=True)
    # A colleague's own number, for reminders that concern their clients.
    phone = models.CharField(_("mobile number"), max_length=16, blank=True)
    # Some clients talk with a woman alone. Of whom nothing is said counts as none.
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices, blank=True, default="", db_default="")
    languages = ArrayField(
        models.CharField(max_length=3, choices=Language.choices),
        verbose_name=_("speaks"),
        blank=True,
        default=list,
        db_default=[],
    )
    is_active = models.BooleanField(_("active"), default=True)
    # Role and office are always told to the client; the name only if the officer agrees.
    is_named_to_clients = models.BooleanField(_("clients see the name"), default=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    SAFE_TO_COPY = {
        "id", "kind", "sex", "languages", "is_active", "is_named_to_clients", "joined_at", "last_login",
    }  # fmt: skip
    NEVER_COPIED = {"username", "email", "full_name", "full_name_ur", "phone", "password"}

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="accounts_only_staff_have_email",
                condition=Q(kind="staff", email__isnull=False) | (~Q(kind="staff") & Q(email__isnull=True)),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_email_once_in_any_case",
                violation_error_message=_("A colleague has this e-mail address already."),
            ),
            models.CheckConstraint(
                name="accounts_phone_e164", condition=Q(phone="") | Q(phone__regex=r"^\+923[0-9]{9}$")
            ),
        ]

    def __str__(self) -> str:
        """The name in the reader's language, where it is known."""
        name = self.full_name_ur if get_language() == "ur" else ""
        return name or self.full_name or self.username

    def get_short_name(self) -> str:
        """What Django admin welcomes by; the user name is opaque."""
        return str(self)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Ask the rules. There is no short cut for anybody."""
        return self.is_active and _user_has_perm(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff

    @property
    def is_staff(self) -> bool:
        """Django admin asks this: only administrators enter there."""
        return self.kind == self.Kind.STAFF and Role.ADMINISTRATOR in self.roles

    @property
    def is_colleague(self) -> bool:
        return self.kind == self.Kind.STAFF

    @property
    def is_entrepreneur(self) -> bool:
        return self.kind == self.Kind.ENTREPRENEUR

    @property
    def is_system(self) -> bool:
        return self.kind == self.Kind.SYSTEM

    @cached_property
    def posts(self) -> "list[tuple[str, int]]":
        """(role, office id) of the appointments in force today; read once for the life of this object."""
        if not self.is_colleague or self.pk is None:
            return []
        in_force = self.appointments.in_force(on=timezone.localdate())
        return list(in_force.order_by("from_on", "id").values_list("role", "office_id"))

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(role for role, _office in self.posts)

    @cached_property
    def office_ids(self) -> frozenset[int]:
        """The user's offices and all offices below them."""
        return frozenset(Office.objects.below((office for _role, office in self.posts), on=timezone.localdate()))

    @cached_property
    def client_office_ids(self) -> frozenset[int]:
        """Offices, with those below, where the user works with clients: what is granted to them, the user sees."""
        if self.roles <= CLIENT_ROLES:
            return self.office_ids
        offices = (office for role, office in self.posts if role in CLIENT_ROLES)
        return frozenset(Office.objects.below(offices, on=timezone.localdate()))

    @cached_property
    def district_ids(self) -> frozenset[int]:
        """Districts that the user sees by office: SMEDA's offices alone give sight of districts."""
        today = timezone.localdate()
        posts = (office for role, office in self.posts if role in DISTRICT_ROLES)
        offices = Office.objects.below(posts, on=today)
        return OfficeDistrict.objects.districts_of(offices, on=today, organisation=Office.Organisation.SMEDA)

    @cached_property
    def is_at_head_office(self) -> bool:
        """Advises or manages at SMEDA's head office: takes up what belongs to no district yet."""
        offices = [office for role, office in self.posts if role in DISTRICT_ROLES]
        heads = Office.objects.filter(organisation=Office.Organisation.SMEDA, depth=0)
        return heads.filter(pk__in=offices).exists() if offices else False

    @cached_property
    def served_district_ids(self) -> frozenset[int]:
        """Districts that the user's offices hold today, the lender's branches too. It gives no sight of clients."""
        return OfficeDistrict.objects.districts_of(self.office_ids, on=timezone.localdate())

    @cached_property
    def registering_district_ids(self) -> frozenset[int]:
        """Districts where the user may register people: those in sight and, for a partner's clerk, the office's own."""
        return self.district_ids | (self.served_district_ids if Role.PARTNER_CLERK in self.roles else frozenset())

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


class Appointment(models.Model):
    """Somebody holds a role at an office from one day to another. Acting appointments cover leave."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("office"))
    from_on = models.DateField(_("from"), default=timezone.localdate)
    until_on = models.DateField(_("until"), null=True, blank=True)
    is_acting = models.BooleanField(_("acting"), default=False)
    # How many new clients a week this advisor can take; assignment goes by load against it.
    weekly_cap = models.PositiveSmallIntegerField(_("new clients a week"), default=10)

    SAFE_TO_COPY = {"id", "user", "role", "office", "from_on", "until_on", "is_acting", "weekly_cap"}
    NEVER_COPIED: set[str] = set()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "office", "from_on"], name="accounts_appointed_once"),
            models.CheckConstraint(
                name="accounts_appointment_in_order", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.office}"


class LocalClosure(Versioned):
    """Districts or offices that are shut for some days: a flood, an urs, a shutdown. Entered the same day.

    Messages and visits there wait. It closes no calendar: what is due stays due, and days late go on being counted.
    """

    class Reason(models.TextChoices):
        FLOOD = "flood", _("flood or heavy rain")
        SNOW = "snow", _("snow or a blocked road")
        URS = "urs", _("urs or local festival")
        SHUTDOWN = "shutdown", _("shutdown or strike")
        UNREST = "unrest", _("unrest or curfew")
        OTHER = "other", _("another reason")

    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    text = models.CharField(_("what colleagues must know"), max_length=200, blank=True)
    districts = models.ManyToManyField(District, blank=True, related_name="+", verbose_name=_("districts"))
    offices = models.ManyToManyField(Office, blank=True, related_name="closures", verbose_name=_("offices"))
    from_on = models.DateField(_("from"), default=timezone.localdate)
    until_on = models.DateField(_("last day"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)
    # Over before its last day, or entered by mistake: from then on it holds nothing.
    lifted_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("lifted by"),
    )
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True, editable=False)

    SAFE_TO_COPY = {
        "id", "version", "reason", "from_on", "until_on", "entered_by", "entered_at", "lifted_by", "lifted_at",
    }  # fmt: skip
    NEVER_COPIED = {"text"}

    objects = LocalClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("local closure")
        verbose_name_plural = _("local closures")
        ordering = ["-from_on", "-id"]
        indexes = [models.Index(fields=["until_on", "id"], name="accounts_closure_until")]
        constraints = [
            models.CheckConstraint(
                name="accounts_closure_ends_after_it_starts",
                condition=Q(until_on__gte=F("from_on")),
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                name="accounts_closure_is_not_for_ever",
                condition=Q(until_on__lte=F("from_on") + LONGEST_CLOSURE),
                violation_error_message=_("Enter at most three months at a time."),
            ),
            models.CheckConstraint(
                name="accounts_closure_lifted_by_and_at_together",
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {words.plain(words.day_plain(self.from_on))}"


class Throttle(models.Model):
    """How often something was tried in a window of time: the rate limits, in PostgreSQL."""

    key = models.CharField(max_length=80)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    SAFE_TO_COPY = {"id", "window", "count"}
    NEVER_COPIED = {"key"}

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="accounts_throttle_once")]
        indexes = [models.Index(fields=["window"], name="accounts_throttle_window")]

    def __str__(self) -> str:
        return f"{self.window} {self.count}"

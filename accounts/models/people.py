import secrets
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import _user_has_perm  # type: ignore[attr-defined]
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.offices import Office, OfficeDistrict
from accounts.querysets import AppointmentQuerySet, UserManager
from accounts.roles import CLIENT_ROLES, DISTRICT_ROLES, Role


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

    def introduced(self, role: str) -> str:
        """As clients are told of them: the role always, the name only if they agree that clients see it."""
        return (
            gettext("%(name)s, %(role)s") % {"name": self, "role": role.lower()} if self.is_named_to_clients else role
        )

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
        """Districts that the user sees by office: SMEDA's offices alone give sight of districts.

        At the head office also those that no office holds.
        """
        today = timezone.localdate()
        posts = (office for role, office in self.posts if role in DISTRICT_ROLES)
        offices = Office.objects.below(posts, on=today)
        return OfficeDistrict.objects.districts_of(offices, on=today, organisation=Office.Organisation.SMEDA)

    @cached_property
    def is_at_head_office(self) -> bool:
        """Advises or manages at SMEDA's head office: takes up what belongs to no district yet."""
        offices = [office for role, office in self.posts if role in DISTRICT_ROLES]
        heads = Office.objects.heads(Office.Organisation.SMEDA)
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

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from enterprises.querysets import (
    ClaimQuerySet,
    ConsentQuerySet,
    DraftQuerySet,
    EnterpriseQuerySet,
    GrantQuerySet,
    OwnershipQuerySet,
    PersonQuerySet,
    SectorQuerySet,
)
from journal.models import Versioned
from places.models import Bilingual, District


class Sex(models.TextChoices):
    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    TRANSGENDER = "transgender", _("Transgender (X on the card)")


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

    def __str__(self):
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


class Person(Versioned):
    """A human being, unique by CNIC. A CNIC is only claimed until an officer has seen the card."""

    class Relation(models.TextChoices):
        FATHER = "father", _("Father")
        HUSBAND = "husband", _("Husband")

    class PhoneOwner(models.TextChoices):
        SELF = "self", _("Only me")
        FAMILY = "family", _("My family uses it too")
        OTHER = "other", _("It belongs to somebody else")

    class Standing(models.TextChoices):
        NONE = "none", _("no card given")
        CLAIMED = "claimed", _("card not seen yet")
        VERIFIED = "verified", _("card seen")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="person")
    cnic = models.CharField(_("CNIC"), max_length=13, null=True, unique=True)
    cnic_standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.NONE)
    name = models.CharField(_("full name"), max_length=120)
    parent_name = models.CharField(_("father's or husband's name"), max_length=120, blank=True)
    parent_relation = models.CharField(max_length=10, choices=Relation.choices, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True)
    sex = models.CharField(_("sex"), max_length=12, choices=Sex.choices)
    phone = models.CharField(_("mobile number"), max_length=16, blank=True, db_index=True)
    phone_owner = models.CharField(max_length=10, choices=PhoneOwner.choices, default=PhoneOwner.SELF)
    loans_may_be_named = models.BooleanField(default=True)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="ur")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")

    SAFE_TO_COPY = {
        "id", "version", "user", "cnic_standing", "parent_relation", "birth_year", "sex", "phone_owner",
        "loans_may_be_named", "language", "created_by", "created_at", "merged_into",
    }  # fmt: skip
    NEVER_COPIED = {"cnic", "name", "parent_name", "phone"}

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [GinIndex(name="enterprises_person_name", fields=["name"], opclasses=["gin_trgm_ops"])]
        constraints = [
            models.CheckConstraint(name="enterprises_cnic_13_digits", condition=Q(cnic__regex=r"^[1-8][0-9]{12}$")),
            models.CheckConstraint(
                name="enterprises_cnic_and_standing_together",
                condition=Q(cnic__isnull=True, cnic_standing="none")
                | Q(cnic__isnull=False, cnic_standing__in=["claimed", "verified"]),
            ),
            models.CheckConstraint(
                name="enterprises_phone_e164", condition=Q(phone="") | Q(phone__regex=r"^\+923[0-9]{9}$")
            ),
            models.CheckConstraint(
                name="enterprises_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def person_id(self) -> int:
        return self.pk

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None


class Enterprise(Versioned):
    """A business, or the idea of one. `reference` is what its owner reads out on the telephone."""

    class Stage(models.TextChoices):
        IDEA = "idea", _("I have an idea")
        RUNNING = "running", _("I have a business")

    reference = models.CharField(_("reference"), max_length=16, unique=True, editable=False)
    name = models.CharField(_("name of the business"), max_length=120)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, verbose_name=_("kind of business"))
    what = models.CharField(_("what it makes or sells"), max_length=200, blank=True)
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name=_("district"))
    place = models.CharField(_("village, town or street"), max_length=200, blank=True)
    started_on = models.DateField(_("running since"), null=True, blank=True)
    help_wanted = models.JSONField(_("help wanted"), default=list)
    owners = models.ManyToManyField(Person, through="Ownership", related_name="enterprises")
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(default=timezone.now, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")

    SAFE_TO_COPY = {
        "id", "version", "reference", "stage", "sector", "district", "started_on", "help_wanted", "registered_by",
        "registered_at", "merged_into",
    }  # fmt: skip
    NEVER_COPIED = {"name", "what", "place"}

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        indexes = [
            models.Index(fields=["district", "registered_at", "id"], name="enterprises_by_district"),
            GinIndex(name="enterprises_enterprise_name", fields=["name"], opclasses=["gin_trgm_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="enterprises_idea_has_no_start", condition=Q(stage="running") | Q(started_on__isnull=True)
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.name}"

    def get_absolute_url(self):
        return reverse("enterprises:enterprise-detail", args=[self.pk])

    @property
    def enterprise_id(self) -> int:
        return self.pk


class Ownership(models.Model):
    """Who owns an enterprise. One person may own several, and one enterprise may have several owners."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ownerships")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="ownerships")
    is_contact = models.BooleanField(default=True)
    from_on = models.DateField(default=timezone.localdate)
    until_on = models.DateField(null=True, blank=True)

    SAFE_TO_COPY = {"id", "person", "enterprise", "is_contact", "from_on", "until_on"}
    NEVER_COPIED: set[str] = set()

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
        ]

    def __str__(self):
        return f"{self.person_id} · {self.enterprise_id}"


class Draft(models.Model):
    """A registration not finished yet. Erased 30 days after the last touch; only the phone's code makes it a Person."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("finished")
        CLAIM = "claim", _("handed to an advisor")

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="ur")
    # Cleaned answers by step: {"who": {...}, "business": {...}}
    answers = models.JSONField(default=dict)
    last_step = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    touched_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Somebody signed in who registers a further enterprise; nothing about them is asked again.
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="drafts")
    # Given when it is finished, whether it became an enterprise or a claim: the visitor cannot tell which.
    reference = models.CharField(max_length=16, null=True, unique=True, editable=False)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="drafts")

    SAFE_TO_COPY = {
        "id", "state", "language", "last_step", "begun_at", "touched_at", "person", "reference", "district",
        "enterprise",
    }  # fmt: skip
    NEVER_COPIED = {"token", "answers", "phone"}

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enterprises_draft_reference_once_finished",
                condition=Q(state="open", reference__isnull=True)
                | (~Q(state="open") & Q(reference__isnull=False, district__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"draft {self.pk}"


class OneTimeCode(models.Model):
    """Six digits sent to a phone: five tries, ten minutes, bound to the session that asked.

    Only a keyed digest is stored. A row is also written when nobody can be meant (an unknown CNIC), so that the
    pages cannot tell a known number from an unknown one; such a row can never match.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("sign in")
        REGISTER = "register", _("register")

    TRIES = 5
    MINUTES = 10

    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    session_key = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="codes")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="codes")
    digest = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "purpose", "person", "draft", "tries", "sent_at", "expires_at", "used_at"}
    NEVER_COPIED = {"session_key", "digest"}

    class Meta:
        constraints = [models.CheckConstraint(name="enterprises_code_five_tries", condition=Q(tries__lte=5))]

    def __str__(self):
        return f"code {self.pk}"


class Claim(Versioned):
    """Somebody registered with a CNIC that is already on file. An advisor sees the card and settles it."""

    class Outcome(models.TextChoices):
        SAME = "same", _("It is the same person")
        RELEASED = "released", _("The card belongs to the person who registered now")
        NO_CARD = "no_card", _("The card belongs to somebody else")

    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="claim")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    SAFE_TO_COPY = {
        "id", "version", "draft", "person", "district", "made_at", "due_on", "outcome", "settled_at", "settled_by",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="enterprises_claim_settled_by_and_at_together",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, outcome="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "due_on", "id"],
                name="enterprises_claim_waiting",
                condition=Q(settled_at__isnull=True),
            )
        ]

    def __str__(self):
        return f"claim {self.pk}"


class Consent(models.Model):
    """What a person agreed to, when, in which wording, and until when. Separate, dated, withdrawable."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("SMEDA may keep these details and contact me")
        SHARE = "share", _("When I ask for a loan, SMEDA may pass these details to Akhuwat")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    wording = models.CharField(max_length=20, default="2026-11")
    given_at = models.DateTimeField(default=timezone.now)
    given_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {"id", "person", "kind", "wording", "given_at", "given_to", "withdrawn_at"}
    NEVER_COPIED: set[str] = set()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="enterprises_consent_stands_once",
            ),
        ]

    def __str__(self):
        return f"{self.person_id} {self.kind}"


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

    def __str__(self):
        return f"{self.enterprise_id} {self.purpose}"

import calendar
import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import DateField, DurationField, F, Func, Q, Value
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Sex
from enterprises.consent_querysets import ConsentQuerySet, ConsentTermQuerySet
from enterprises.likeness import Facts
from enterprises.querysets import PersonQuerySet
from enterprises.wordings import CURRENT, WORDINGS
from journal.models import Versioned
from messaging.quiet import EVENING, MORNING

MONTHS_IN_YEAR = 12


class Person(Versioned):
    """A human being, unique by CNIC. A CNIC is only claimed until an officer has seen the card."""

    class Relation(models.TextChoices):
        FATHER = "father", _("Father")
        HUSBAND = "husband", _("Husband")

    class PhoneOwner(models.TextChoices):
        SELF = "self", _("Own phone")
        SPOUSE = "spouse", _("Husband's or wife's phone")
        PARENT = "parent", _("Father's or mother's phone")
        CHILD = "child", _("Son's or daughter's phone")
        RELATIVE = "relative", _("Another relative's phone")
        NEIGHBOUR = "neighbour", _("Phone of a neighbour or a shop")
        OTHER = "other", _("Somebody else's phone")
        # From a list that does not tell. Until somebody asked, it counts as a phone of the family.
        NOT_SAID = "unsaid", _("Not said: ask")

    class PhoneReader(models.TextChoices):
        SELF = "self", _("The person reads messages alone")
        OTHER = "other", _("Somebody reads them aloud")
        NOT_SAID = "unsaid", _("Not asked yet")

    class Channel(models.TextChoices):
        SMS = "sms", _("A text message")
        CALL = "call", _("A phone call")
        VISIT = "visit", _("A visit")

    class Reading(models.TextChoices):
        EASILY = "easily", _("Easily")
        WITH_DIFFICULTY = "difficulty", _("With difficulty")
        NOT = "not", _("Somebody reads to me")

    class Education(models.TextChoices):
        NONE = "none", _("Never went to school")
        PRIMARY = "primary", _("Up to class 5")
        MIDDLE = "middle", _("Up to class 8")
        MATRIC = "matric", _("Matric")
        INTER = "inter", _("Intermediate")
        DEGREE = "degree", _("A degree")
        MADRASA = "madrasa", _("Madrasa")

    class Disability(models.TextChoices):
        NONE = "none", _("None")
        SEEING = "seeing", _("In seeing")
        HEARING = "hearing", _("In hearing")
        WALKING = "walking", _("In walking or using my hands")
        OTHER = "other", _("Another one")

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
    phone_reader = models.CharField(max_length=10, choices=PhoneReader.choices, default=PhoneReader.NOT_SAID)
    # When the phone may ring; both or neither. `enterprises.discretion` is the rule that all this serves.
    safe_from = models.TimeField(null=True)
    safe_until = models.TimeField(null=True)
    # Nobody asked: not named. With who reads the messages it is asked on one page.
    loans_may_be_named = models.BooleanField(default=False)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="ur")
    # Asked later, when it is needed; each may stay empty.
    channel = models.CharField(
        _("how to reach them"), max_length=10, choices=Channel.choices, blank=True, default="", db_default=""
    )
    reading = models.CharField(
        _("reading"), max_length=10, choices=Reading.choices, blank=True, default="", db_default=""
    )
    education = models.CharField(
        _("education"), max_length=10, choices=Education.choices, blank=True, default="", db_default=""
    )
    disability = models.CharField(
        _("disability"), max_length=10, choices=Disability.choices, blank=True, default="", db_default=""
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_from")
    # Where the search for look-alikes finds the record (`likeness.keys_of`), and the version it was last compared at.
    likeness_keys = ArrayField(models.CharField(max_length=80), default=list, editable=False)
    # By which a colleague's search finds them, whatever the script (`likeness.sounds_of`).
    sound_keys = ArrayField(models.CharField(max_length=80), default=list, db_default=[], editable=False)
    compared_version = models.IntegerField(default=-1, editable=False)

    SAFE_TO_COPY = {
        "id", "version", "user", "cnic_standing", "parent_relation", "birth_year", "sex", "phone_owner",
        "phone_reader", "safe_from", "safe_until", "loans_may_be_named", "language", "channel", "reading", "education",
        "created_by", "created_at", "merged_into", "compared_version",
    }  # fmt: skip
    NEVER_COPIED = {"cnic", "name", "parent_name", "phone", "disability", "likeness_keys", "sound_keys"}

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            GinIndex(name="enterprises_person_name", fields=["name"], opclasses=["gin_trgm_ops"]),
            GinIndex(name="enterprises_person_parent_name", fields=["parent_name"], opclasses=["gin_trgm_ops"]),
            GinIndex(name="enterprises_person_likeness", fields=["likeness_keys"]),
            GinIndex(name="enterprises_person_sounds", fields=["sound_keys"]),
            models.Index(
                name="enterprises_person_uncompared", fields=["id"], condition=~Q(compared_version=F("version"))
            ),
            models.Index(name="enterprises_phone_unsaid", fields=["id"], condition=Q(phone_owner="unsaid")),
        ]
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
            models.CheckConstraint(
                name="enterprises_safe_hours_by_day",
                condition=Q(safe_from__isnull=True, safe_until__isnull=True)
                | Q(
                    safe_from__gte=MORNING,
                    safe_until__lte=EVENING,
                    safe_from__lt=F("safe_until"),
                    safe_from__isnull=False,
                    safe_until__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def person_id(self) -> int:
        return self.pk

    @property
    def facts(self) -> Facts:
        """What the search for look-alikes goes by; the districts are those that `with_districts` looked up."""
        return Facts(
            name=self.name,
            sex=self.sex,
            parent_name=self.parent_name,
            parent_relation=self.parent_relation,
            birth_year=self.birth_year,
            phone=self.phone,
            cnic=self.cnic or "",
            districts=frozenset(getattr(self, "known_districts", ())),
        )

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    def record_ids(self) -> list[int]:
        """The numbers under which events and messages name the person: their own, and those of merged records."""
        return [self.pk, *self.merged_from.values_list("pk", flat=True)]

    @property
    def lets_contact(self) -> bool:
        """Whether anybody may call or write to them: `ConsentQuerySet.lets_contact` is the rule."""
        return self.consents.lets_contact().exists()

    @property
    def has_page(self) -> bool:
        """Whether they can sign in at all: by the card number, with a code, a PIN or a printed one."""
        return self.cnic is not None

    @property
    def has_phone_of_own(self) -> bool:
        return self.phone_owner == self.PhoneOwner.SELF

    @property
    def is_phone_described(self) -> bool:
        """Somebody asked who reads on it, and whether a message may name a loan."""
        return self.phone_reader != self.PhoneReader.NOT_SAID

    @property
    def has_phone_of_strangers(self) -> bool:
        """The phone is nobody's of the family: no text may go there, and no code that opens a page."""
        return self.phone_owner in OF_STRANGERS


OF_STRANGERS = frozenset({Person.PhoneOwner.NEIGHBOUR, Person.PhoneOwner.OTHER})
# What somebody answers who is asked.
PHONE_OWNERS = [choice for choice in Person.PhoneOwner.choices if choice[0] != Person.PhoneOwner.NOT_SAID]


class Consent(models.Model):
    """What a person agreed to, when, in which wording, and until when. Separate, dated, withdrawable.

    One that ran out was taken back by nobody: `lapsed_at` stands beside `withdrawn_at`. Asked again they gave a new
    one, or said no at `refused_at`.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", WORDINGS[CURRENT]["contact"]
        SHARE = "share", WORDINGS[CURRENT]["share"]
        NAMED = "named", WORDINGS[CURRENT]["named"]
        PHOTOS = "photos", WORDINGS[CURRENT]["photos"]

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    wording = models.CharField(max_length=20, default=CURRENT)
    given_at = models.DateTimeField(default=timezone.now)
    given_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    # The last day on which it stands; without one it stands until it is taken back.
    until_on = models.DateField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    SAFE_TO_COPY = {
        "id", "person", "kind", "wording", "given_at", "given_to", "withdrawn_at", "until_on", "lapsed_at",
        "refused_at",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="enterprises_consent_stands_once",
            ),
            models.CheckConstraint(
                name="enterprises_consent_lapsed_is_over",
                condition=Q(lapsed_at__isnull=True) | Q(withdrawn_at__isnull=False, until_on__isnull=False),
            ),
            models.CheckConstraint(
                name="enterprises_consent_refused_after_it_lapsed",
                condition=Q(refused_at__isnull=True) | Q(lapsed_at__isnull=False),
            ),
            # One that ran out under a rule of before keeps the day on which it did.
            models.CheckConstraint(
                name="enterprises_consent_to_contact_without_end",
                condition=~Q(kind="contact") | Q(until_on__isnull=True) | Q(withdrawn_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="enterprises_consent_runs_out", fields=["until_on"], condition=Q(withdrawn_at__isnull=True)
            ),
            models.Index(name="enterprises_consent_ask_again", fields=["person"], condition=Q(lapsed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"

    def is_over(self, *, on: dt.date) -> bool:
        """Whether it ran out by the day, whenever the night's job writes that down."""
        return self.until_on is not None and self.until_on < on

    @property
    def sentence(self) -> Promise:
        """What was agreed to, in the wording of that day."""
        return WORDINGS[self.wording][self.kind]


# Nobody could ask again whoever may no more be called: the permission to be contacted stands until it is taken back.
ENDING_KINDS = [choice for choice in Consent.Kind.choices if choice[0] != Consent.Kind.CONTACT]


class ConsentTerm(models.Model):
    """For how many months a permission of this kind is given, from some day on. A kind without one has no end."""

    kind = models.CharField(_("permission"), max_length=10, choices=ENDING_KINDS)
    months = models.PositiveSmallIntegerField(_("months"))
    from_on = models.DateField(_("from"))

    SAFE_TO_COPY = {"id", "kind", "months", "from_on"}
    NEVER_COPIED: set[str] = set()

    objects = ConsentTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("how long a permission lasts")
        verbose_name_plural = _("how long permissions last")
        ordering = ["kind", "-from_on"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "from_on"], name="enterprises_consent_term_once"),
            models.CheckConstraint(name="enterprises_consent_term_above_nought", condition=Q(months__gt=0)),
            models.CheckConstraint(name="enterprises_consent_term_not_of_contact", condition=~Q(kind="contact")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.months}"

    def end_of(self, day: dt.date) -> dt.date:
        """The last day of a permission given that day: the same day of the month, or the month's last."""
        years, month = divmod(day.month - 1 + self.months, MONTHS_IN_YEAR)
        last = calendar.monthrange(day.year + years, month + 1)[1]
        return dt.date(day.year + years, month + 1, min(day.day, last))

    def end_of_each(self, given_at: str) -> Cast:
        """The same of each row, by the day of its column."""
        lasts = Func(
            Value(self.months), template="make_interval(months => %(expressions)s)", output_field=DurationField()
        )
        return Cast(TruncDate(given_at) + lasts, DateField())

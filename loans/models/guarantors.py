from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises.models import Person
from loans.models.applications import USER, Application
from loans.querysets import GuarantorQuerySet


class Guarantor(models.Model):
    """Somebody who vouches for an applicant, outside the family unless the product says otherwise.

    `applicant` repeats the application's person, so that the database can refuse whoever vouches for themselves.
    """

    class Relation(models.TextChoices):
        NEIGHBOUR = "neighbour", _("Neighbour")
        TRADER = "trader", _("Has a shop or trade nearby")
        COLLEAGUE = "colleague", _("Works with the applicant")
        FRIEND = "friend", _("Friend of the family")
        TEACHER = "teacher", _("Teacher, imam or elder")
        FAMILY = "family", _("Family or close relative")

    class Consent(models.TextChoices):
        CODE = "code", _("by a code to their own phone")
        PAPER = "paper", _("signed on paper before a witness")
        BEFORE = "before", _("said to the officer, before the rule")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="guarantors")
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guarantees")
    relation = models.CharField(_("relation to the applicant"), max_length=10, choices=Relation.choices)
    # Whether the officer wrote the name that is on file for this card; until then the file's name is not shown.
    is_named = models.BooleanField(default=True, db_default=True)
    # The officer asked: they are not the applicant's relative of the same name.
    is_somebody_else = models.BooleanField(default=False, db_default=False)
    # How they said yes; empty until they did, and nobody counts before.
    consent = models.CharField(
        _("consent"), max_length=10, choices=Consent.choices, blank=True, default="", db_default=""
    )
    consented_at = models.DateTimeField(null=True, blank=True)
    witness = models.CharField(_("witness"), max_length=120, blank=True, default="", db_default="")
    # They took it back before the money was given.
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_because = models.CharField(
        _("why it was taken back"), max_length=300, blank=True, default="", db_default=""
    )
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    SAFE_TO_COPY = {
        "id", "application", "applicant", "person", "relation", "is_named", "is_somebody_else", "consent",
        "consented_at", "taken_back_at", "taken_back_by", "added_by",
    }  # fmt: skip
    NEVER_COPIED = {"witness", "taken_back_because"}

    objects = GuarantorQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "person"], name="loans_guarantor_once"),
            models.CheckConstraint(
                name="loans_guarantor_consent_with_its_day",
                # The code of before wrote the day alone: that is no yes of theirs, and does not count.
                condition=Q(consent="", witness="")
                | Q(consent__in=["code", "before"], consented_at__isnull=False, witness="")
                | (Q(consent="paper", consented_at__isnull=False) & ~Q(witness="")),
            ),
            models.CheckConstraint(
                name="loans_guarantor_takes_back_what_was_given",
                condition=Q(taken_back_at=None, taken_back_by=None, taken_back_because="")
                | (
                    Q(taken_back_at__isnull=False, taken_back_by__isnull=False)
                    & ~Q(consent="")
                    & ~Q(taken_back_because="")
                ),
            ),
            models.CheckConstraint(name="loans_guarantor_is_somebody_else", condition=~Q(person=F("applicant"))),
        ]

    def __str__(self) -> str:
        return f"guarantor {self.pk}"

    @property
    def has_consented(self) -> bool:
        """Its other face is `loans.querysets.WILLING`."""
        return self.consent != "" and self.taken_back_at is None

    @property
    def shown_name(self) -> str:
        """The name on file, for whoever knew it."""
        return self.person.name if self.is_named else gettext("On file under another name")

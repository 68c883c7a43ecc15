from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises.models import Person
from loans.models.applications import USER, Application
from loans.querysets import OfApplicationQuerySet


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

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="guarantors")
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guarantees")
    relation = models.CharField(_("relation to the applicant"), max_length=10, choices=Relation.choices)
    # Whether the officer wrote the name that is on file for this card; until then the file's name is not shown.
    is_named = models.BooleanField(default=True, db_default=True)
    # The officer asked: they are not the applicant's relative of the same name.
    is_somebody_else = models.BooleanField(default=False, db_default=False)
    consented_at = models.DateTimeField()
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    SAFE_TO_COPY = {
        "id", "application", "applicant", "person", "relation", "is_named", "is_somebody_else", "consented_at",
        "added_by",
    }  # fmt: skip
    NEVER_COPIED: set[str] = set()

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "person"], name="loans_guarantor_once"),
            models.CheckConstraint(name="loans_guarantor_is_somebody_else", condition=~Q(person=F("applicant"))),
        ]

    def __str__(self) -> str:
        return f"guarantor {self.pk}"

    @property
    def shown_name(self) -> str:
        """The name on file, for whoever knew it."""
        return self.person.name if self.is_named else gettext("On file under another name")

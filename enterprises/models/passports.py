import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from enterprises.models.enterprises import Enterprise
from enterprises.models.people import Person
from enterprises.querysets import PassportQuerySet

# Without letters that are mistaken for digits; 32 of them, so that each carries five bits.
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz0"
LENGTH = 20


def random_code() -> str:
    """A hundred bits: nobody comes upon one by trying."""
    return "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))


class Passport(models.Model):
    """The paper that an entrepreneur carries: its code opens a page that says how the case stands, and nothing else."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="passports")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="passports")
    code = models.CharField(max_length=20, unique=True, default=random_code, editable=False)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    SAFE_TO_COPY = {"id", "enterprise", "person", "issued_at", "issued_by", "revoked_at", "revoked_by"}
    NEVER_COPIED = {"code"}

    objects = PassportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "person"],
                condition=Q(revoked_at__isnull=True),
                name="enterprises_passport_once",
            ),
            models.CheckConstraint(
                name="enterprises_passport_revoked_by_and_at_together",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"passport {self.pk}"

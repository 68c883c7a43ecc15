"""What models of casework share."""

from django.conf import settings
from django.db import models


class Removable(models.Model):
    """A row that somebody may take back: it leaves every list and total at once, and comes back if that is undone."""

    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

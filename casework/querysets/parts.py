"""What querysets of casework share."""

from typing import Self

from django.db import models


class Standing(models.QuerySet):
    """Of rows that somebody may take back: see `casework.models.parts.Removable`."""

    def standing(self) -> Self:
        """Those that nobody took back. Every list, timeline and total asks for these alone."""
        return self.filter(removed_at__isnull=True)

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Office
from casework.models.parts import OfCase
from journal.models import Versioned

USER = settings.AUTH_USER_MODEL


class Lot(OfCase, Versioned):
    """Whether something that a colleague did is looked at a second time, at which office and by when.

    Everything has one lot, drawn once; who did it is the `author`, and never looks. The client waits for none of it.
    """

    # The moment at which it was done: of its month at least one of each author is drawn.
    DONE_AT = ""

    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    # Once it is drawn: at which office it is looked at, and by when.
    read_at = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    drawn_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def all_writers(self) -> set[int]:
        """Whoever may not look at it: its author."""
        return {self.author_id}


def drawn_with_place_and_day(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(state="spared", read_at__isnull=True, drawn_at__isnull=True, due_on__isnull=True)
        | (~Q(state="spared") & Q(read_at__isnull=False, drawn_at__isnull=False, due_on__isnull=False)),
    )


def not_by_its_author(name: str, reader: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{reader}__isnull": True}) | ~Q(**{reader: F("author")}))

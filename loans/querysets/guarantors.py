from typing import Self

from django.db.models import Q

from loans.querysets.applications import OfApplicationQuerySet
from loans.querysets.loans import still_owed
from loans.states import OPEN_APPLICATIONS

# Who said yes themselves and has not taken it back; the other face of `Guarantor.has_consented`.
WILLING = ~Q(consent="") & Q(taken_back_at=None)


class GuarantorQuerySet(OfApplicationQuerySet):
    def standing(self) -> Self:
        """Who vouches at present: by name and by their own yes, for an open application or for a loan still owed."""
        open_or_owed = Q(application__state__in=OPEN_APPLICATIONS) | still_owed("application__loan__")
        return self.filter(WILLING, open_or_owed, is_named=True)

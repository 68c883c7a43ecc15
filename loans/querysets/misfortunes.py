from typing import Self

from django.db.models import Q

from loans.querysets.loans import OfLoanQuerySet
from loans.states import OPEN_MISFORTUNES


class MisfortuneQuerySet(OfLoanQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_MISFORTUNES)

    def to_visit(self) -> Self:
        """Whose family nobody has been with yet."""
        return self.filter(state="reported")

    def to_settle(self) -> Self:
        """Whose family was visited, and where it is to be said what follows."""
        return self.filter(state__in=["visited", "proposed"])

    def against_lending(self) -> Self:
        """For which no money is given to the person: a death, unless the report was wrong, or what is not settled."""
        return self.filter(Q(kind="death") & ~Q(ending="wrong") | Q(state__in=OPEN_MISFORTUNES))

    def for_page(self) -> Self:
        people = ("reported_by", "visitor", "visited_by", "verified_by", "ended_by")
        return self.select_related("branch", "loan__person", "loan__enterprise", "loan__partner", *people)

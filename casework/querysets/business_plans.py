from typing import Self

from django.db.models import Q

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda


class BusinessPlanQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Outside SMEDA an approved plan alone: a lender does not see drafts."""
        return super().visible_to(user).filter(read_for_smeda(user, case="case__") | Q(state="approved"))

    def awaiting_approval(self) -> Self:
        return self.filter(state="submitted")

    def approved(self) -> Self:
        return self.filter(state="approved")

    def in_the_making(self) -> Self:
        return self.exclude(state="approved")

    def for_list(self) -> Self:
        return self.select_related(
            "case__enterprise__district", "case__enterprise__sector", "case__person", "author", "approved_by"
        )

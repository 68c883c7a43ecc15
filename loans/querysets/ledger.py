from datetime import date
from typing import Any, Self

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import LENDER_ROLES
from loans.effects import TOTALS
from loans.querysets.loans import OfLoanQuerySet, signed_sum


class LedgerQuerySet(OfLoanQuerySet):
    def receipts(self) -> Self:
        """Rows that stand on a numbered slip."""
        return self.filter(book__isnull=False)

    def slips_seen_by(self, user: User) -> Self:
        """Receipts of the loans in the user's sight, and those that the user's branch took for another's."""
        seen = self.receipts().visible_to(user)
        if not user.has_role(*LENDER_ROLES):
            return seen
        return self.receipts().filter(Q(pk__in=seen.order_by().values("pk")) | Q(branch_id__in=user.office_ids))

    def taken_elsewhere(self, *, since: date) -> Self:
        """Receipts that another branch took than the loan's, from that day on, the newest first."""
        return self.receipts().filter(posted_on__gte=since).exclude(branch=F("loan__branch")).order_by("-id")

    def on_slip(self, *, branch_id: int, book: int, number: int) -> Self:
        """Every row that this slip and its corrections left."""
        return self.filter(branch_id=branch_id, book=book, number=number).order_by("correction")

    def up_to(self, entry: Any) -> Self:
        """What had been written when this row was."""
        return self.filter(id__lte=entry.pk)

    def totals(self) -> dict[str, int]:
        """What these rows add to each total of the loan."""
        return self.aggregate(**{total: Coalesce(signed_sum(total), 0) for total in TOTALS})

    def last_of(self, user: User) -> Any:
        """The slip that this cashier wrote last, whose number the next one follows."""
        return self.receipts().filter(by=user).order_by("-id").first()

    def for_list(self) -> Self:
        return self.select_related("by", "reverses", "reversal", "loan").order_by("-id")

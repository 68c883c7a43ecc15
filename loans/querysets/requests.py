from typing import Any, Self

from django.db.models import Q

from accounts.models import User
from loans.querysets.applications import OfApplicationQuerySet
from loans.states import OPEN_APPLICATIONS


class RequestQuerySet(OfApplicationQuerySet):
    def visible_to(self, user: User) -> Self:
        """What SMEDA is asked is between the lender and SMEDA; its other face is `loans.view_request`."""
        seen = super().visible_to(user)
        return seen.filter(of="applicant") if user.is_entrepreneur else seen

    def waiting(self) -> Self:
        """Somebody waits for it: of an application that ended nobody does."""
        return self.filter(state="waiting", application__state__in=OPEN_APPLICATIONS)

    def for_paper(self, document: Any) -> Self:
        """Those that such a paper answers: of the person whose it is, or of the business."""
        owner = (
            Q(application__person=document.person_id)
            if document.person_id
            else Q(application__enterprise=document.enterprise_id)
        )
        return self.filter(owner, paper=document.kind_id)

    def for_list(self) -> Self:
        return self.select_related("paper", "asked_by", "ended_by", "document").order_by("asked_at", "pk")

from typing import Self

from django.db.models import Q

from accounts.models import User
from accounts.roles import DISTRICT_ROLES
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from casework.states import OPEN_CASES


class TransferQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Who works on the case, and who is asked to take it; never the client, nor a partner.

        Who is asked sees the proposal alone: the case comes into their sight when they take it.
        """
        if user.is_entrepreneur:
            return self.none()
        seen = Q(pk__in=super().visible_to(user).filter(read_for_smeda(user, case="case__")).values("pk"))
        if not user.has_role(*DISTRICT_ROLES):
            return self.filter(seen)
        asked = Q(to_office_id__in=user.office_ids) | Q(to_advisor=user)
        return self.filter(seen | (asked & Q(state="proposed")) | Q(decided_by=user))

    def waiting(self) -> Self:
        """Nobody has said yes or no."""
        return self.filter(state="proposed", case__state__in=OPEN_CASES)

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "case__advisor",
            "from_office", "from_advisor", "to_office", "to_advisor", "by", "decided_by",
        )  # fmt: skip

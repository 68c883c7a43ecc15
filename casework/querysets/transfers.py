import datetime as dt
from typing import Self

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import DISTRICT_ROLES
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda
from casework.states import BACK_FOR, OPEN_CASES


def decided_lately_by(user: User) -> Q:
    """Transfers that the user decided and may still undo: in another region nobody moves cases of this one."""
    works_there = Q(from_office_id__in=user.office_ids) | Q(to_office_id__in=user.office_ids)
    return works_there & Q(decided_by=user, decided_at__gt=timezone.now() - BACK_FOR)


def asked_lately(user: User) -> Q:
    """Transfers that the user's office was asked to answer, and how it was: who was slower reads who was faster."""
    return Q(to_office_id__in=user.office_ids, cause="asked", decided_at__gt=timezone.now() - BACK_FOR)


class TransferQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Who works on the case, and who is asked to take it; never the client, nor a partner.

        Who is asked sees the proposal alone: the case comes into their sight when they take it. Who decided it sees it
        as long as they may undo it, and who was asked with them sees so long how it was answered.
        """
        if user.is_entrepreneur:
            return self.none()
        seen = Q(pk__in=super().visible_to(user).filter(read_for_smeda(user, case="case__")).values("pk"))
        if not user.has_role(*DISTRICT_ROLES):
            return self.filter(seen)
        asked = Q(to_office_id__in=user.office_ids) | Q(to_advisor=user)
        return self.filter(seen | (asked & Q(state="proposed")) | decided_lately_by(user) | asked_lately(user))

    def waiting(self) -> Self:
        """Nobody has said yes or no."""
        return self.filter(state="proposed", case__state__in=OPEN_CASES)

    def to_tell(self, user: User, *, since: dt.datetime) -> Self:
        """Cases that came to the user since then, or went from them, without a yes of theirs; not what was undone."""
        theirs = Q(to_advisor=user) | Q(from_advisor=user)
        return self.filter(theirs, state="accepted", decided_at__gt=since).exclude(decided_by=user)

    def refused_unseen(self) -> Self:
        """Whoever asked has not read the no, and the case is where it was."""
        unread = self.filter(state="refused", seen_at__isnull=True, case__state__in=OPEN_CASES)
        return unread.filter(case__advisor_id=F("from_advisor_id"))

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__enterprise__sector", "case__office", "case__advisor",
            "from_office", "from_advisor", "to_office", "to_advisor", "by", "decided_by",
        )  # fmt: skip

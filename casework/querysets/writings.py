from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda


class WritingQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """Between the client whom the case calls and SMEDA: no other owner and no partner. Taken back, nobody's."""
        rows = super().visible_to(user).standing()
        return rows.filter(Q(case__person__user=user) if user.is_entrepreneur else read_for_smeda(user, case="case__"))

    def standing(self) -> Self:
        """Those that nobody took back."""
        return self.exclude(state="back")

    def waiting(self) -> Self:
        """The client's that nobody answered."""
        return self.filter(state="waiting")

    def ended_by(self, answer: Any) -> Self:
        """The client's that this text of SMEDA's answered: at the moment at which it was written, by who wrote it."""
        return self.filter(case=answer.case_id, state="answered", ended_at=answer.at, ended_by=answer.by_id)

    def unread_by(self, *, is_client: bool) -> Self:
        """What the other side wrote and this one has not opened."""
        return self.standing().filter(is_clients=not is_client, read_at__isnull=True)

    def first_of_case(self) -> Self:
        """One of a case: an answer is one to all that waits there."""
        earlier = apps.get_model("casework", "Writing").objects.waiting()
        return self.exclude(Exists(earlier.filter(case_id=OuterRef("case_id"), pk__lt=OuterRef("pk"))))

    def for_list(self) -> Self:
        return self.select_related(
            "case__person", "case__enterprise__district", "case__office", "case__advisor", "by", "ended_by"
        )

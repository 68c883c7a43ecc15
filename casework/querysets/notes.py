from typing import Self

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda


class NoteQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """An internal note is for SMEDA's own; a shared one the entrepreneur reads too, and no partner either."""
        rows = super().visible_to(user)
        if user.is_entrepreneur:
            return rows.filter(is_shared=True)
        return rows.filter(read_for_smeda(user, case="case__"))

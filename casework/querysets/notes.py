from typing import Self

from accounts.models import User
from casework.querysets.cases import OfCaseQuerySet, read_for_smeda


class NoteQuerySet(OfCaseQuerySet):
    def visible_to(self, user: User) -> Self:
        """An internal note is for SMEDA's own; a shared one the entrepreneur reads too, and no partner either.

        What was removed nobody reads but who removed it, on the page where it is put back: `removed_by`.
        """
        rows = super().visible_to(user).standing()
        if user.is_entrepreneur:
            return rows.filter(is_shared=True)
        return rows.filter(read_for_smeda(user, case="case__"))

    def standing(self) -> Self:
        """Those that nobody took back. Every list, timeline and total asks for these alone."""
        return self.filter(removed_at__isnull=True)

    def written_by(self, user: User) -> Self:
        """The user's own, removed ones too, on cases that they still see."""
        return OfCaseQuerySet.visible_to(self, user).filter(by=user)

    def removed_by(self, user: User) -> Self:
        return self.written_by(user).filter(removed_at__isnull=False)

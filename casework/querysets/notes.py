from typing import Self

from accounts.models import User
from casework.querysets.cases import WrittenQuerySet, read_for_smeda


class NoteQuerySet(WrittenQuerySet):
    def visible_to(self, user: User) -> Self:
        """An internal note is for SMEDA's own; a shared one the entrepreneur reads too, and no partner either.

        What was removed nobody reads but who removed it, on the page where it is put back: `removed_by`.
        """
        rows = super().visible_to(user).standing()
        if user.is_entrepreneur:
            return rows.filter(is_shared=True)
        return rows.filter(read_for_smeda(user, case="case__"))

from typing import Any, Self

from casework.querysets.cases import OfCaseQuerySet


class ClosureQuerySet(OfCaseQuerySet):
    def standing_of(self, case: Any) -> Self:
        """How a closed case ended the last time; none of an open one."""
        return self.filter(case=case, reopened_at__isnull=True)

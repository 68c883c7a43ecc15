"""What several records of a case have in common."""

from casework.models.cases import Case


class OfCase:
    """What hangs on a case is of its business, and of the person whom the case calls: events and messages ask so."""

    case: Case

    @property
    def enterprise_id(self) -> int:
        return self.case.enterprise_id

    @property
    def person_id(self) -> int:
        return self.case.person_id

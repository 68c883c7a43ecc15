"""A first plan has a step of each side."""

from casework.models import Case, StepKind
from casework.states import CaseState

VISIT = "visit"


def other_side(case: Case, owners: list[str]) -> list[str]:
    """What a first plan lacks: a visit by the advisor, which closes when it is logged, or a step of the client's."""
    if case.state != CaseState.CONTACTED:
        return []
    lacking = {StepKind.Owner.ADVISOR: VISIT, StepKind.Owner.ENTREPRENEUR: "photos"}
    return [code for owner, code in lacking.items() if owner not in owners]

"""That an advisor is away, as a client whom something is promised reads it."""

import datetime as dt
from typing import Any

from django.conf import settings

from accounts.models import Absence
from casework.models import Case
from casework.states import CaseState


def of_case(case: Case, *, on: dt.date) -> dict[str, Any] | None:
    """Until when, and who answers meanwhile; nothing while they are there or nobody waits for them."""
    if case.state == CaseState.CLOSED:
        return None
    until = Absence.objects.away_until(case.advisor_id, on=on)
    number = case.office.phone or settings.HELPLINE
    return {"until": until, "office": case.office.label, "number": number} if until else None

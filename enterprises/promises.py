"""What SMEDA promised to a business. Cases stand on a higher floor; `portal/wiring.py` hands in what they say."""

import datetime as dt
from collections.abc import Callable

from enterprises.models import Enterprise

# The day by which their advisor is to call next; None where no call is to come, or its day is over.
CallBy = Callable[[Enterprise], dt.date | None]

_said: list[CallBy] = []


def install(said: CallBy) -> None:
    _said[:] = [said]


def call_by(enterprise: Enterprise) -> dt.date | None:
    return next((said(enterprise) for said in _said), None)

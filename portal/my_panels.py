"""What the services show on the entrepreneur's page, above what else is open. The page draws them in this order.

A panel is a function of the request, the page's contents and the day that returns a template's name and its context, or
None when it has nothing to show: the page is read on cheap phones, and says only what is there. One query each at most.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest

from casework.pages import grievances
from portal.pages.my import MyBusiness

Panel = Callable[[HttpRequest, MyBusiness, date], tuple[str, dict[str, Any]] | None]


def complaints(_request: HttpRequest, business: MyBusiness, on: date) -> tuple[str, dict[str, Any]] | None:
    """What the reader complained of and has not closed, with who has it and until when."""
    lines = grievances.open_of(business.person)
    return ("portal/_my_complaints.html", {"complaints": lines, "today": on}) if lines else None


PANELS: tuple[Panel, ...] = (complaints,)


def shown_for(request: HttpRequest, business: MyBusiness, *, on: date) -> list[dict[str, Any]]:
    """The panels that have something to say: {template, context} each."""
    found = (panel(request, business, on) for panel in PANELS)
    return [{"template": template, "context": context} for template, context in filter(None, found)]

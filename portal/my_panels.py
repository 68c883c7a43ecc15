"""What the services show on the entrepreneur's page, above what else is open. The page draws them in this order.

A panel is a function of the request, the page's contents and the day that returns a template's name and its context, or
None when it has nothing to show: the page is read on cheap phones, and says only what is there. One query each at most.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest

from portal.pages.my import MyBusiness

Panel = Callable[[HttpRequest, MyBusiness, date], tuple[str, dict[str, Any]] | None]

PANELS: tuple[Panel, ...] = ()


def shown_for(request: HttpRequest, business: MyBusiness, *, on: date) -> list[dict[str, Any]]:
    """The panels that have something to say: {template, context} each."""
    found = (panel(request, business, on) for panel in PANELS)
    return [{"template": template, "context": context} for template, context in filter(None, found)]

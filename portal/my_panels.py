"""What the services show on the entrepreneur's page, above what else is open. The page draws them in this order.

A panel is a function of the request, the page's contents and the day that returns a template's name and its context, or
None when it has nothing to show: the page is read on cheap phones, and says only what is there. One query each at most.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from casework.models import BusinessPlan, HealthCheck, Meeting, Writing
from casework.open_items.meetings import OF_MEETINGS
from casework.pages import grievances, health
from casework.pages.away import of_case as away_of
from casework.pages.meeting import for_client
from portal.pages.my import MyBusiness

Panel = Callable[[HttpRequest, MyBusiness, date], tuple[str, dict[str, Any]] | None]


def complaints(_request: HttpRequest, business: MyBusiness, on: date) -> tuple[str, dict[str, Any]] | None:
    """What the reader complained of and has not closed, with who has it and until when."""
    lines = grievances.open_of(business.person)
    return ("portal/_my_complaints.html", {"complaints": lines, "today": on}) if lines else None


def meeting(request: HttpRequest, business: MyBusiness, _on: date) -> tuple[str, dict[str, Any]] | None:
    """The time that the advisor keeps for them, with a yes and a no."""
    kept = Meeting.objects.to_come(now=timezone.now()).filter(case__enterprise=business.enterprise)
    found = kept.filter(case__person=business.person).for_list().first()
    if found is None:
        return None
    line = next((line for line in business.also if line["kind"] in OF_MEETINGS and line["target_id"] == found.pk), None)
    return "portal/_my_meeting.html", {"meeting": found, "line": line} | for_client(found, now=timezone.now())


def business_check(_request: HttpRequest, business: MyBusiness, _on: date) -> tuple[str, dict[str, Any]] | None:
    """What came of the newest business check, area by area in words."""
    checks = HealthCheck.objects.done().filter(case__enterprise=business.enterprise)
    found = checks.newest_first().first()
    return ("portal/_my_health.html", {"check": found, "lines": health.lines_of(found)}) if found else None


def business_plan(_request: HttpRequest, business: MyBusiness, _on: date) -> tuple[str, dict[str, Any]] | None:
    """The newest plan that was approved, to read and to print, while the advisor has the case."""
    if business.case is None or business.closed:
        return None
    plan = BusinessPlan.objects.approved().filter(case=business.case).order_by("number").last()
    return ("portal/_my_business_plan.html", {"plan": plan}) if plan else None


def away(_request: HttpRequest, business: MyBusiness, on: date) -> tuple[str, dict[str, Any]] | None:
    """That their advisor is away, and who answers until they are back."""
    if business.case is None or not business.is_client:
        return None
    found = away_of(business.case, on=on)
    return ("portal/_my_away.html", {"away": found, "waits_for_reader": True}) if found else None


def thread(_request: HttpRequest, business: MyBusiness, _on: date) -> tuple[str, dict[str, Any]] | None:
    """The way to write to their advisor, and that there is something to read. It is between these two alone."""
    if business.case is None or not business.is_client:
        return None
    news = Writing.objects.filter(case=business.case).unread_by(is_client=True).count()
    return "portal/_my_thread.html", {"case": business.case, "news": news, "waits_for_reader": news > 0}


PANELS: tuple[Panel, ...] = (away, meeting, thread, complaints, business_check, business_plan)


def also_open(business: MyBusiness, panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is open beside: nothing that a panel says already, with who has it."""
    said = [panel["context"].get("line") for panel in panels]
    return [line for line in business.also if line not in said]


def shown_for(request: HttpRequest, business: MyBusiness, *, on: date) -> list[dict[str, Any]]:
    """The panels that have something to say: {template, context, is_first}; first stands what waits for the reader."""
    found = (panel(request, business, on) for panel in PANELS)
    return [
        {
            "template": template,
            "context": context,
            "is_first": context.get("may_say_yes", False) or context.get("waits_for_reader", False),
        }
        for template, context in filter(None, found)
    ]

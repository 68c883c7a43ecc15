"""What the lender asked for, as its rows on the pages of the application."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from kit import words
from loans.models import Application, Request


def requests_of(application: Application, *, user: User) -> list[dict[str, Any]]:
    """Everything that was asked, what came of it, and the page of each."""
    page = "loans:my-request" if user.is_entrepreneur else "loans:request-detail"
    rows = Request.objects.visible_to(user).filter(application=application).for_list()
    return [row_of(asked, url=reverse(page, args=[asked.pk])) for asked in rows]


def row_of(asked: Request, *, url: str) -> dict[str, Any]:
    """`tone` is that of its tag."""
    is_over = not asked.is_waiting
    day = words.day_plain(asked.ended_at if is_over and asked.ended_at else asked.due_on)
    said = _("%(state)s, %(day)s") if is_over else _("waits until %(day)s")
    return {
        "asked": asked,
        "url": url,
        "is_waiting": asked.is_waiting,
        "standing": said % {"state": asked.get_state_display(), "day": words.plain(day)},
    }


def paper_url(asked: Request) -> str:
    """Where the applicant sends it, or the advisor hands it in for them."""
    chosen = {"ref": asked.enterprise.reference, "kind": asked.paper.code}
    return reverse("portal:my-papers", query=chosen, fragment="hand-in")


def paper_url_of_colleague(asked: Request) -> str:
    query = {"kind": asked.paper.code}
    return reverse("portal:paper-list", args=[asked.enterprise_id], query=query, fragment="hand-in")

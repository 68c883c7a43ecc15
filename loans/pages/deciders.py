"""Whose yes an application needs before it can be approved, said before anybody votes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Appointment, Office, User
from accounts.roles import Role
from kit import words
from loans.limits import amount_at_stake, level_missing, level_needed, matrix_of
from loans.models import Application, ApprovalLimit, Level
from loans.states import ApplicationState


@dataclass(frozen=True)
class Deciders:
    """`text` says whose yes is needed and why; `rows` are the limits, each with who holds it at this branch."""

    text: Any
    rows: list[dict[str, Any]]


def deciders_of(application: Application, *, on: date) -> Deciders | None:
    """What the page says while the committee votes; nothing where the lender set no limits."""
    matrix = matrix_of(application, on=on) if application.state == ApplicationState.GUARANTEED else []
    if not matrix:
        return None
    votes = list(application.votes.all())
    missing = level_missing(application, votes, matrix)
    said = {
        "amount": words.plain(words.rupees(amount_at_stake(application, votes))),
        "who": (missing or level_needed(amount_at_stake(application, votes), matrix)).label,
    }
    text = (
        _("For %(amount)s this yes must be among the votes: %(who)s. It is still to come.")
        if missing
        else _("For %(amount)s this yes must be among the votes: %(who)s. It is there.")
    )
    names = names_of(application, on=on)
    return Deciders(
        text=text % said,
        rows=[
            {
                "label": Level(row.level).label,
                "text": reach_of(row),
                "small": words.listed(names[row.level]) or _("nobody is appointed"),
            }
            for row in ladder(application, matrix)
        ],
    )


def ladder(application: Application, matrix: Collection[ApprovalLimit]) -> list[ApprovalLimit]:
    """The limits, and the head office above them where it has none of its own."""
    rows = list(matrix)
    if all(row.level != Level.HEAD for row in rows) and not any(row.up_to is None for row in rows):
        rows.append(ApprovalLimit(partner_id=application.partner_id, level=Level.HEAD))
    return rows


def reach_of(limit: ApprovalLimit) -> Any:
    if limit.up_to is None:
        return pgettext("approval limit", "any amount")
    return words.plain(_("up to %(amount)s") % {"amount": words.rupees(limit.up_to)})


def names_of(application: Application, *, on: date) -> dict[str, list[User]]:
    """Who holds each level for this branch that day, without whoever appraised it or must not decide."""
    offices = set(Office.objects.above({application.branch_id}))
    posts = Appointment.objects.in_force(on=on).filter(
        office__in=offices, role__in=[Role.BRANCH_MANAGER, Role.AREA_MANAGER], user__is_active=True
    )
    out = {application.visited_by_id, application.guaranteed_by_id}
    out |= set(application.conflicts.values_list("member_id", flat=True))
    found: dict[str, list[User]] = {level: [] for level in Level}
    for post in posts.select_related("user").order_by("user__full_name", "id"):
        if post.user_id not in out:
            found[level_at(post, application)].append(post.user)
    return found


def level_at(post: Appointment, application: Application) -> Level:
    if post.role == Role.BRANCH_MANAGER:
        return Level.BRANCH
    return Level.HEAD if post.office_id == application.partner.office_id else Level.AREA

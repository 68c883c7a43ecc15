"""Of whom an item is, by the columns that say it, and whose it is too once it is late."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Absence, Appointment
from accounts.roles import Role
from casework.querysets.cases import at_or_above
from journal.open_items import Scope

NEXT_CONTACT = "casework.next_contact"
# A no of the lender's that nobody has told the client yet.
ANSWER = "casework.answer"
# What went to the lender and was withdrawn, mostly with the permission: nobody has talked with the client since.
WITHDRAWN = "casework.withdrawn"
# What a colleague of the case holds: of the case itself, and of what hangs on it.
OF_CASE = {"enterprise": "enterprise_id", "holder": "advisor_id", "office": "office_id"}
OF_STEP = {"enterprise": "case__enterprise_id", "holder": "case__advisor_id", "office": "case__office_id"}
# Whoever of the office is free reads a plan; whoever of the branch is free takes a referral up.
OF_PLAN = OF_STEP | {"holder": None}
# Whoever manages where it waits looks at what was drawn.
OF_LOT = OF_PLAN | {"office": "read_at_id"}
OF_REFERRAL = OF_PLAN | {"office": "to_office_id"}


def to_look_at(scope: Scope, waiting: QuerySet, *, own: Callable[..., QuerySet]) -> QuerySet:
    """What waits for a second look of this scope: a manager's `own`, or what their team has; never what they did.

    No page of the client's asks.
    """
    if scope.user_id and not scope.is_team:
        return own(scope.user_id, today=scope.today)
    rows = replace(scope, enterprise_ids=None).narrow(waiting, **OF_LOT)
    return rows.not_written_by(scope.user_id) if scope.user_id else rows


def late_below(
    rows: QuerySet,
    user_id: Any,
    *,
    today: Any,
    due_on: str = "due_on",
    office: str = "case__office",
    holder: str = "case__advisor_id",
    also: Q | None = None,
) -> QuerySet:
    """What an advisor below a regional manager is late with, or what came due while they are away: the manager's too.

    `also`: what is the manager's for another reason.

    Computed, so nothing has to be handed over to show. Where there is no such manager but the one who has the case, it
    comes before the programme's manager: nobody is reminded of their own delay alone.
    """
    posts = Appointment.objects.in_force(on=today)
    managers = posts.filter(at_or_above(office), role=Role.REGIONAL_MANAGER)
    others = managers.exclude(user_id=OuterRef(holder))
    programme = Exists(posts.filter(user_id=user_id, role=Role.PROGRAMME_MANAGER))
    # It hangs on no row, so PostgreSQL asks it first and once: for whoever manages nobody, no case is looked at.
    manages = Exists(posts.filter(user_id=user_id, role__in=[Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER]))
    theirs = Q(Exists(managers.filter(user_id=user_id))) | Q(programme, ~Exists(others))
    is_away = Exists(Absence.objects.in_force(on=today).filter(user_id=OuterRef(holder)))
    is_due = Q(**{f"{due_on}__lt": today}) | Q(is_away, **{due_on: today})
    return rows.filter(is_due if also is None else is_due | also, manages, theirs).exclude(**{holder: user_id})

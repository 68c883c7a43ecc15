"""Where a plan is read, or a contact asked about: at the case's office, or upward. Never by whoever wrote it."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.utils import timezone

from accounts.models import Absence, Appointment, Office
from accounts.roles import MANAGER_ROLES, Role
from casework.actions.assignment import in_office
from casework.models import BusinessPlan, Case
from casework.models.lots import Lot

# Who reads a business plan at the case's own office; for the offices below theirs, managers do.
COLLEAGUES = [Role.ADVISOR, Role.REGIONAL_MANAGER]


def office_above(plan: BusinessPlan, *, today: dt.date) -> Office | None:
    """The office above the case's own that reads the plan; None where a colleague of the case's office does.

    It goes up while the sum is beyond what an office approves, while who wrote in it manages it, and while nobody else
    is there who reads. Where nobody is anywhere, it waits at the top for whoever comes.
    """
    own, *above = offices_up(plan.case.office, today=today)
    top = manages_up_to(plan, [own, *above], today=today)
    for level, office in enumerate([own, *above]):
        roles = MANAGER_ROLES if level else COLLEAGUES
        is_within = office.plan_limit is None or plan.loan_wanted <= office.plan_limit
        if level > top and is_within and has_reader(office, roles=roles, plan=plan, today=today):
            return office if level else None
    return above[-1] if above else None


def office_of_manager(lot: Lot, *, today: dt.date) -> Office:
    """The nearest office from the case's own upward where a manager is there who is not below the author.

    Where nobody is anywhere, it waits at the top for whoever comes.
    """
    offices = list(offices_up(lot.case.office, today=today))
    above = offices[manages_up_to(lot, offices, today=today) + 1 :]
    there = (office for office in above if has_reader(office, roles=MANAGER_ROLES, plan=lot, today=today))
    return next(there, offices[-1])


def offices_up(office: Office, *, today: dt.date) -> Iterator[Office]:
    """The office and those above it, each once; in place of one that closed whoever took over from it."""
    seen: set[int] = set()
    here: Office | None = office
    while here is not None and here.pk not in seen:
        seen.add(here.pk)
        yield here
        here = here.parent and here.parent.heir(on=today)


def manages_up_to(plan: BusinessPlan | Lot, offices: list[Office], *, today: dt.date) -> int:
    """The highest of these offices that a writer manages; -1 for none. Nobody reads what their manager wrote."""
    posts = Appointment.objects.in_force(on=today).filter(role__in=MANAGER_ROLES, user_id__in=plan.all_writers)
    managed = set(posts.values_list("office_id", flat=True))
    return max((level for level, office in enumerate(offices) if office.pk in managed), default=-1)


def has_reader(office: Office, *, roles: Collection[str], plan: BusinessPlan | Lot, today: dt.date) -> bool:
    """Whether somebody is there today who wrote nothing in it, and who reads plans."""
    away = Absence.objects.in_force(on=today).values("user_id")
    posts = in_office(office, today=today).filter(role__in=roles)
    return posts.exclude(user_id__in=plan.all_writers).exclude(user_id__in=away).exists()


def place_again(case: Case) -> None:
    """The case went to another office: what waits there to be read is read from there upward."""
    for plan in case.business_plans.awaiting_approval():
        plan.case = case
        case.business_plans.filter(pk=plan.pk).update(read_at=office_above(plan, today=timezone.localdate()))

"""Where a plan is read, or a contact asked about: at the case's office, or upward. Never by whoever wrote it."""

import datetime as dt
from collections.abc import Collection, Iterator
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import Absence, Appointment, Office, User
from accounts.roles import MANAGER_ROLES, Role
from casework.actions.assignment import in_office
from casework.models import BusinessPlan, Case
from casework.models.lots import Lot
from casework.states import BusinessPlanState
from journal.events import ADVISORS, MANAGERS, record
from journal.moves import hold
from kit.faults import one_by_one
from places.calendar import OFFICE, add_working_days

WORKING_DAYS_LATE = 1
# Who reads a business plan at the case's own office; for the offices below theirs, managers do.
COLLEAGUES = [Role.ADVISOR, Role.REGIONAL_MANAGER]


def office_above(plan: BusinessPlan, *, today: dt.date) -> Office | None:
    """The office above the case's own that reads the plan; None where a colleague of the case's office does.

    It goes up while the sum is beyond what an office approves, while who wrote in it manages it, and while nobody else
    is there who reads. Where nobody is anywhere, it waits at the top for whoever comes.
    """
    own, *above = offices_up(plan.case.office, today=today)
    found = first_with_reader(plan, [own, *above], today=today)
    if found is None:
        return above[-1] if above else None
    return None if found == own else found


def next_above(plan: BusinessPlan, *, today: dt.date) -> Office | None:
    """The office above the one that has the plan now, where somebody reads it; None where nobody stands above."""
    offices = list(offices_up(plan.case.office, today=today))
    here = next((level for level, office in enumerate(offices) if office.pk == plan.read_at_id), 0)
    return first_with_reader(plan, offices, beyond=here, today=today)


def first_with_reader(plan: BusinessPlan, offices: list[Office], *, today: dt.date, beyond: int = -1) -> Office | None:
    """The first of these offices, from the case's own upward and past the level `beyond`, where somebody may read."""
    top = max(beyond, manages_up_to(plan, offices, today=today))
    for level, office in enumerate(offices):
        roles = MANAGER_ROLES if level else COLLEAGUES
        is_within = office.plan_limit is None or plan.loan_wanted <= office.plan_limit
        if level > top and is_within and has_reader(office, roles=roles, plan=plan, today=today):
            return office
    return None


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
    """The case went to another office: what waits there to be read is read from there upward, with a day of its own."""
    today = timezone.localdate()
    for plan in case.business_plans.awaiting_approval():
        plan.case = case
        above = office_above(plan, today=today)
        case.business_plans.filter(pk=plan.pk).update(read_at=above, at_reader_since=today)


def pass_up(*, now: dt.datetime, by: User) -> int:
    """Give the plans that nobody reads in time to whoever reads above; return how many.

    One that cannot be given on does not stop the others.
    """
    today = timezone.localdate(now)
    late = BusinessPlan.objects.awaiting_approval().of_open_cases().filter(due_on__lt=today).order_by("pk")
    return one_by_one(late, partial(pass_up_one, today=today, by=by), failed="a business plan was not passed up")


@transaction.atomic
def pass_up_one(late: BusinessPlan, *, today: dt.date, by: User) -> bool:
    case = hold(late.case, version=None)
    held = hold(late, version=None)
    held.case = case
    if held.state != BusinessPlanState.SUBMITTED or not is_late_with_reader(held, today=today):
        return False
    above = next_above(held, today=today)
    if above is None:
        return False  # nobody stands above: it stays late where it is, on top of the list
    held.read_at, held.at_reader_since = above, today
    held.version += 1
    held.save(update_fields=["read_at", "at_reader_since", "version"])
    record("casework.business_plan_passed_up", target=held, by=by, audience={ADVISORS, MANAGERS})
    return True


def is_late_with_reader(plan: BusinessPlan, *, today: dt.date) -> bool:
    """One whole working day went by after the day of the plan, or since it came late to who has it now."""
    since = max(filter(None, [plan.due_on, plan.at_reader_since]))
    return add_working_days(since, WORKING_DAYS_LATE, calendar=OFFICE) < today

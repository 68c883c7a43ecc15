"""First calls, and contacts that were agreed."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Appointment
from accounts.roles import Role
from casework.models import Case
from casework.open_items.parts import NEXT_CONTACT, OF_CASE
from journal.open_items import Owner, Scope, as_items


def items(scope: Scope) -> Iterator[QuerySet]:
    yield first_contacts(scope.narrow(Case.objects.uncalled(), **OF_CASE))
    if scope.user_id and not scope.is_team:
        yield first_contacts(escalated_to(scope.user_id, today=scope.today))
    yield next_contacts(scope.narrow(Case.objects.called().filter(next_contact_on__isnull=False), **OF_CASE))


def first_contacts(cases: QuerySet) -> QuerySet:
    return as_items(
        cases,
        kind="casework.first_contact",
        since="opened_at",
        due_on="first_contact_due_on",
        owner=Owner.ADVISOR,
        **OF_CASE,
    )


def escalated_to(user_id: Any, *, today: Any) -> QuerySet:
    """First calls overdue below a regional manager's office: computed, so nothing has to be handed over to show.

    Where there is no such manager but the one who has the case, they come before the programme's manager: nobody is
    reminded of their own delay alone.
    """
    above = ["office_id", "office__parent_id", "office__parent__parent_id"]
    over = reduce(or_, (Q(office_id=OuterRef(path)) for path in above))
    posts = Appointment.objects.in_force(on=today)
    managers = posts.filter(over, role=Role.REGIONAL_MANAGER)
    nobody_else = ~Exists(managers.exclude(user_id=OuterRef("advisor_id")))
    programme = Exists(posts.filter(user_id=user_id, role=Role.PROGRAMME_MANAGER))
    theirs = Q(Exists(managers.filter(user_id=user_id))) | Q(programme, nobody_else)
    return Case.objects.uncalled(before=today).filter(theirs).exclude(advisor_id=user_id)


def next_contacts(cases: QuerySet) -> QuerySet:
    return as_items(
        cases,
        kind=NEXT_CONTACT,
        since="last_contact_at",
        due_on="next_contact_on",
        owner=Owner.ADVISOR,
        **OF_CASE,
    )

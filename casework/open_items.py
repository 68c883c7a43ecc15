"""What casework makes people wait for: calls, steps, approvals, referrals."""

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import Appointment
from accounts.roles import Role
from casework.models import BusinessPlan, Call, Case, Referral, Step, StepKind
from journal.open_items import Owner, Scope, as_items

NEXT_CONTACT = "casework.next_contact"
# A no of the lender's that nobody has told the client yet.
ANSWER = "casework.answer"
# Of a case, what stands beside its way, and what comes before every step: see `journal.open_items.next_step`.
BESIDE, AHEAD = frozenset({NEXT_CONTACT}), frozenset({ANSWER})
OF_CASE = {"enterprise": "enterprise_id", "holder": "advisor_id", "office": "office_id"}
OF_STEP = {"enterprise": "case__enterprise_id", "holder": "case__advisor_id", "office": "case__office_id"}
# Whoever of the office is free reads a plan; whoever of the branch is free takes a referral up.
OF_PLAN = OF_STEP | {"holder": None}
OF_REFERRAL = OF_PLAN | {"office": "to_office_id"}


def open_items(scope: Scope) -> Iterator[QuerySet]:
    """One query a kind, each limited by its own index; `journal.open_items.united` puts them together."""
    yield first_contacts(scope.narrow(Case.objects.uncalled(), **OF_CASE))
    if scope.user_id and not scope.is_team:
        yield first_contacts(escalated_to(scope.user_id, today=scope.today))
    yield next_contacts(scope.narrow(Case.objects.called().filter(next_contact_on__isnull=False), **OF_CASE))
    to_make = scope.narrow(Call.objects.to_make().first_of_case().exclude(case__outcome="merged"), **OF_STEP)
    yield calls(to_make.filter(is_lost=False), kind="casework.call")
    yield calls(to_make.filter(is_lost=True), kind="casework.lost_text")
    yield steps(scope.narrow(Step.objects.open().exclude(case__state="closed"), **OF_STEP))
    plans = scope.narrow(BusinessPlan.objects.awaiting_approval(), **OF_PLAN)
    # To the author there is nothing to do: the portal never asks them to approve their own.
    yield business_plans(plans.exclude(author_id=scope.user_id) if scope.user_id else plans)
    yield referrals(scope.narrow(Referral.objects.unanswered(), **OF_REFERRAL))
    yield answers(scope.narrow(Referral.objects.untold(), **OF_STEP))


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


def calls(rows: QuerySet, *, kind: str) -> QuerySet:
    """What the advisor says on the telephone, because no text may go to the phone, or none arrived."""
    return as_items(
        rows,
        kind=kind,
        since="since",
        due_on="due_on",
        owner=Owner.ADVISOR,
        target="case_id",
        **OF_STEP,
    )


def steps(rows: QuerySet) -> QuerySet:
    """A step of the entrepreneur's waits for them; every other one the advisor does, or sees to."""
    mine = StepKind.Owner.ENTREPRENEUR
    owner = Choice(When(kind__owner=mine, then=Value(Owner.ENTREPRENEUR)), default=Value(Owner.ADVISOR))
    return as_items(rows, kind="casework.step", since="set_at", due_on="due_on", owner=owner, **OF_STEP)


def business_plans(rows: QuerySet) -> QuerySet:
    return as_items(
        rows, kind="casework.business_plan", since="submitted_at", due_on="due_on", owner=Owner.ADVISOR, **OF_PLAN
    )


def referrals(rows: QuerySet) -> QuerySet:
    return as_items(rows, kind="casework.referral", since="at", due_on="due_on", owner=Owner.LENDER, **OF_REFERRAL)


def answers(rows: QuerySet) -> QuerySet:
    """A no that the advisor tells the client, agreeing what to do; logging the talk closes it."""
    return as_items(
        rows, kind=ANSWER, since="ended_at", due_on="due_on", owner=Owner.ADVISOR, target="case_id", **OF_STEP
    )

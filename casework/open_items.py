"""What casework makes people wait for: calls, steps, approvals, referrals."""

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Case as Choice
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.models import Appointment, Role
from casework.models import BusinessPlan, Case, Referral, Step, StepKind
from journal.open_items import Owner, Scope, as_items

OF_CASE = {"enterprise": "enterprise_id", "holder": "advisor_id", "office": "office_id"}
THROUGH_CASE = {"enterprise": "case__enterprise_id", "holder": "case__advisor_id", "office": "case__office_id"}


def open_items(scope: Scope, *, today: date | None = None) -> Iterator[QuerySet]:
    """One query a kind, each limited by its own index; `journal.open_items.united` puts them together."""
    today = today or timezone.localdate()
    yield first_contacts(scope.narrow(Case.objects.filter(state="new"), **OF_CASE))
    if is_own(scope):
        yield first_contacts(escalated_to(scope.user_id, today=today))
    yield next_contacts(scope.narrow(Case.objects.called().filter(next_contact_on__isnull=False), **OF_CASE))
    yield steps(scope.narrow(Step.objects.open().exclude(case__state="closed"), **THROUGH_CASE))
    yield business_plans(plans_to_read(scope, today=today))
    yield referrals(referrals_in(scope))


def is_own(scope: Scope) -> bool:
    """A colleague's own list, rather than an office's or an enterprise's."""
    return bool(scope.user_id) and not scope.enterprise_ids and not scope.office_ids


def first_contacts(cases: QuerySet) -> QuerySet:
    return as_items(
        cases,
        kind="casework.first_contact",
        since="opened_at",
        due_on="first_contact_due_on",
        owner=Owner.ADVISOR,
        **OF_CASE,
    )


def escalated_to(user_id: int, *, today: date) -> QuerySet:
    """First calls overdue under a regional manager: computed, so nothing has to be handed over for it to show."""
    over = posts_over("office", user_id, today=today, roles=[Role.REGIONAL_MANAGER])
    return Case.objects.uncalled(before=today).filter(over).exclude(advisor_id=user_id)


def posts_over(office: str, user_id: int, *, today: date, roles: list[Role]) -> Exists:
    """Whether the user holds one of `roles` at the row's office, or at one of the two above it."""
    above = [office, f"{office}__parent", f"{office}__parent__parent"]
    held = reduce(or_, (Q(office_id=OuterRef(f"{path}_id")) for path in above))
    return Exists(Appointment.objects.in_force(on=today).filter(held, user_id=user_id, role__in=roles))


def next_contacts(cases: QuerySet) -> QuerySet:
    return as_items(
        cases,
        kind="casework.next_contact",
        since="last_contact_at",
        due_on="next_contact_on",
        owner=Owner.ADVISOR,
        **OF_CASE,
    )


def steps(rows: QuerySet) -> QuerySet:
    """A step of the entrepreneur's waits for them; every other one the advisor does or sees to."""
    owner = Choice(
        When(kind__owner=StepKind.Owner.ENTREPRENEUR, then=Value(Owner.ENTREPRENEUR)), default=Value(Owner.ADVISOR)
    )
    return as_items(rows, kind="casework.step", since="set_at", due_on="due_on", owner=owner, **THROUGH_CASE)


def plans_to_read(scope: Scope, *, today: date) -> QuerySet:
    """Business plans that wait for a second reader of the office, who is never the author."""
    waiting = BusinessPlan.objects.awaiting_approval()
    if is_own(scope):
        readers = [Role.ADVISOR, Role.REGIONAL_MANAGER]
        over = posts_over("case__office", scope.user_id, today=today, roles=readers)
        return waiting.filter(over).exclude(author_id=scope.user_id)
    rows = scope.narrow(waiting, **THROUGH_CASE | {"holder": None})
    return rows.exclude(author_id=scope.user_id) if scope.user_id and not scope.enterprise_ids else rows


def business_plans(rows: QuerySet) -> QuerySet:
    return as_items(
        rows,
        kind="casework.business_plan",
        since="submitted_at",
        due_on="due_on",
        owner=Owner.ADVISOR,
        **THROUGH_CASE | {"holder": None},
    )


def referrals_in(scope: Scope) -> QuerySet:
    """Referrals that the lender has to answer: in its branch's list, and in the sight of the advisor who waits."""
    waiting = Referral.objects.open()
    if is_own(scope):
        return waiting.filter(case__advisor_id=scope.user_id)
    if scope.office_ids and not scope.enterprise_ids:
        return waiting.filter(Q(to_office_id__in=scope.office_ids) | Q(case__office_id__in=scope.office_ids))
    return scope.narrow(waiting, **THROUGH_CASE)


def referrals(rows: QuerySet) -> QuerySet:
    return as_items(
        rows,
        kind="casework.referral",
        since="at",
        due_on="due_on",
        owner=Owner.LENDER,
        enterprise="case__enterprise_id",
        holder=None,
        office="to_office_id",
    )

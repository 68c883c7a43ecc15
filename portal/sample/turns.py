"""Nobody waits for ever: who stood too long at one place leaves, and somebody new stands there."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

from django.db.models import Max, QuerySet

from accounts.roles import Role
from casework.actions import business_plans, plans
from casework.models import BusinessPlan, Case, Referral, Step
from casework.states import BusinessPlanState, CaseState
from enterprises.models import DocumentRequest, Person
from loans.actions import applications, referrals
from loans.models import Application, RefusalReason
from portal.sample import names, papers
from portal.sample.clock import Life
from portal.sample.courses import noon
from portal.sample.lives import DAYS_AGO, World, client, end, fresh, later
from portal.sample.organisation import TOWNS, Town

# Whatever was to be done that long ago was forgotten by everybody.
PATIENCE = timedelta(days=14)
LEAVES_AFTER = 10  # days; before patience ends
# One of so many is not done, or brought, by its day: there is something late to see.
UNDONE = 5
FIRST_PHONE, LAST_PHONE = "+923010040000", "+923010099999"


def forgotten(cases: QuerySet[Case], *, today: date) -> set[int]:
    """Open cases in which something was to be done long ago.

    Asked bit by bit: PostgreSQL has no statistics yet of what this very transaction wrote.
    """
    still_open = list(cases.open().values_list("pk", flat=True))
    late = {"case_id__in": still_open, "due_on__lt": today - PATIENCE}
    asked = Application.objects.open().filter(due_on__lt=today - PATIENCE, enterprise__case__in=still_open)
    rows = (
        Step.objects.open().filter(**late).values_list("case_id"),
        BusinessPlan.objects.awaiting_approval().filter(**late).values_list("case_id"),
        Referral.objects.unanswered().filter(**late).values_list("case_id"),
        asked.values_list("enterprise__case"),
    )
    return {pk for found in rows for (pk,) in found}


def lives(world: World, cases: QuerySet[Case], *, since: datetime) -> Iterator[Life]:
    """What becomes of plans, referrals and papers whose day has passed. `cases`: those of sample people."""
    leaving = forgotten(cases, today=world.today)
    numbers = count(newest_number() + 1)
    who_leave = cases.filter(pk__in=leaving).select_related("advisor", "office__parent", "enterprise__district")
    for case in who_leave.order_by("pk"):
        stage, town = stage_of(case), town_of(case)
        yield leaves(world, case, since=since)
        begins = noon(world.today - timedelta(days=DAYS_AGO[stage]))
        yield client(world, town=town, begins=begins, stage=stage, number=next(numbers))
    going_on = set(cases.open().values_list("pk", flat=True)) - leaving
    steps = Step.objects.open().filter(case_id__in=going_on, kind__closed_by_hand=True, due_on__lt=world.today)
    for step in steps.select_related("case__advisor", "kind").order_by("pk"):
        if step.pk % UNDONE:
            yield is_done(step, since=since)
    asked = DocumentRequest.objects.waiting().filter(due_on__lt=world.today)
    asked = asked.filter(enterprise__case__in=list(cases.values_list("pk", flat=True)))
    for request in asked.select_related("enterprise__case__advisor", "enterprise__case__person").order_by("pk"):
        if request.pk % UNDONE or request.due_on < world.today - PATIENCE:
            yield is_brought(request, since=since)


def newest_number() -> int:
    """Of whoever came in another's place; other sample people have smaller numbers."""
    newest = Person.objects.filter(phone__gt=FIRST_PHONE, phone__lte=LAST_PHONE).aggregate(phone=Max("phone"))["phone"]
    return int((newest or FIRST_PHONE).removeprefix("+92301"))


def stage_of(case: Case) -> str:
    """Where the client stands, as `lives.STAGES` names it."""
    application = Application.objects.open().filter(enterprise=case.enterprise).first()
    if application is not None:
        return application.state
    if case.referrals.open().exists():
        return "referred"
    plan = case.business_plans.order_by("number").last()
    if plan is None:
        return "planned"
    return "plan_approved" if plan.state == BusinessPlanState.APPROVED else "plan_submitted"


def town_of(case: Case) -> Town:
    return next(town for town in TOWNS if case.enterprise.district.code in town.districts)


def leaves(world: World, case: Case, *, since: datetime) -> Life:
    """Whoever still has to answer says so; then the case ends."""
    rng = random.Random(f"{case.pk} {world.today}")
    yield max(later(rng, noon(world.today - PATIENCE), LEAVES_AFTER), since)
    for application in Application.objects.open().filter(enterprise=case.enterprise).select_related("branch"):
        officer = world.officer(Role.LOAN_OFFICER, application.branch)
        applications.withdraw(application=application, version=application.version, by=officer)
    for referral in case.referrals.open().select_related("to_office"):
        officer = world.officer(Role.LOAN_OFFICER, referral.to_office)
        said = {"refusal": RefusalReason.objects.get(code="other"), "refusal_text": rng.choice(names.DECLINED)}
        referrals.decline(referral=referral, version=referral.version, by=officer, **said)
    for plan in case.business_plans.awaiting_approval().select_related("case__office__parent", "read_at"):
        reader = world.reader(plan)
        business_plans.send_back(plan=plan, version=plan.version, by=reader, remark=rng.choice(names.REMARKS))
    end(case, rng.choice([Case.Outcome.UNTRACEABLE, Case.Outcome.DROPPED_OUT]))


def is_done(step: Step, *, since: datetime) -> Life:
    yield max(noon(step.due_on), since)
    if fresh(step.case).state != CaseState.CLOSED:
        plans.close_step(step=step, by=step.case.advisor)


def is_brought(request: DocumentRequest, *, since: datetime) -> Life:
    yield max(noon(request.due_on), since)
    case = request.enterprise.case
    papers.hand_in(case, by=case.advisor, codes=(papers.ASKED_FOR,))

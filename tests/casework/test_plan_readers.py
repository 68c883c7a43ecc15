"""Where a business plan is read: never by its author, and by the office above where none other may."""

import datetime as dt
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Office
from accounts.roles import Role
from casework.actions import business_plans, hand_overs, plan_readers
from casework.actions.assignment import Holder, Why
from casework.models import BusinessPlan, Transfer
from casework.open_items import open_items
from casework.states import BusinessPlanState
from journal.open_items import Scope, united
from portal import jobs
from tests.casework.asking import names_of
from tests.casework.test_business_plans import line
from tests.factories.accounts import AbsenceFactory, OfficeFactory, colleague
from tests.factories.casework import BusinessPlanFactory, CalledFactory, SubmittedPlanFactory, smeda_office
from tests.factories.enterprises import system

pytestmark = pytest.mark.django_db
ADVISOR, REGIONAL, PROGRAMME = Role.ADVISOR, Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER


@pytest.fixture
def offices():
    """The office of Multan, the regional one above it, and the head office."""
    head = OfficeFactory(depth=0, name="Head")
    region = OfficeFactory(depth=1, parent=head, name="Region")
    return [smeda_office(parent=region, name="Multan"), region, head]


def plan_at(offices, *, author=(ADVISOR, 0), made=BusinessPlanFactory, **figures):
    """A plan of a case at the lowest office, by somebody of this role at this level."""
    role, level = author
    case = CalledFactory(office=offices[0], advisor=colleague(ADVISOR, office=offices[0]))
    by = case.advisor if author == (ADVISOR, 0) else colleague(role, office=offices[level])
    return made(case=case, author=by, **figures)


def read_at(plan):
    office = plan_readers.office_above(plan, today=timezone.localdate())
    return office.name if office else "own"


# Whoever wrote it, the others who are there by (role, level), and where it is read.
POSITIONS = [
    ((ADVISOR, 0), [(ADVISOR, 0)], "own"),
    ((ADVISOR, 0), [(REGIONAL, 0)], "own"),
    ((ADVISOR, 0), [(REGIONAL, 1), (PROGRAMME, 2)], "Region"),
    ((ADVISOR, 0), [(ADVISOR, 1), (PROGRAMME, 2)], "Head"),
    ((ADVISOR, 0), [(PROGRAMME, 2)], "Head"),
    ((ADVISOR, 0), [], "Head"),
    # Nobody reads what their own manager wrote.
    ((REGIONAL, 0), [(ADVISOR, 0), (REGIONAL, 1)], "Region"),
    ((REGIONAL, 1), [(ADVISOR, 0), (REGIONAL, 0), (PROGRAMME, 2)], "Head"),
    ((REGIONAL, 1), [(REGIONAL, 1), (PROGRAMME, 2)], "Head"),
]


@pytest.mark.parametrize(("author", "others", "where"), POSITIONS)
def test_a_plan_is_read_where_another_may(author, others, where, offices):
    plan = plan_at(offices, author=author)
    if author[0] == REGIONAL:  # the case's advisor is there besides
        plan.case.advisor.appointments.update(until_on=timezone.localdate() - dt.timedelta(days=1))
    for role, level in others:
        colleague(role, office=offices[level])

    assert read_at(plan) == where


EVERY_POSITION = list(product([ADVISOR, REGIONAL, PROGRAMME], [0, 1, 2]))


@pytest.mark.parametrize("author", [post for post in EVERY_POSITION if post[0] != PROGRAMME])
@pytest.mark.parametrize("limit", [None, 10_000])
def test_nobody_at_any_position_approves_their_own_plan(author, limit, offices):
    Office.objects.update(plan_limit=limit)
    plan = plan_at(offices, author=author)
    for role, level in EVERY_POSITION:
        colleague(role, office=offices[level])

    sent = business_plans.submit(plan=plan, by=plan.author, version=0)

    with pytest.raises(PermissionDenied):
        business_plans.approve(plan=sent, by=plan.author, version=sent.version)


def a_comma_later(offices, *, sent):
    """One writes, with or without sending it; a colleague changes a comma and sends it."""
    plan = plan_at(offices)
    first, second = plan.author, colleague(ADVISOR, office=offices[0])
    facts = {"trade": None, "own_share": 0, "months": 12, "lines": [line("start", 50_000), line("sales", 9_000)]}
    if sent:
        plan = business_plans.submit(plan=plan, by=first, version=0)
        plan = business_plans.send_back(plan=plan, by=second, version=plan.version, remark="A comma is missing.")
    plan = business_plans.rewrite(plan=plan, by=second, version=plan.version, purpose="A motor, new", **facts)
    return first, second, business_plans.submit(plan=plan, by=second, version=plan.version)


@pytest.mark.parametrize("sent", [True, False])
def test_nobody_approves_what_they_wrote_before_a_colleague_did(sent, offices, signed_in):
    colleague(REGIONAL, office=offices[1])
    first, second, plan = a_comma_later(offices, sent=sent)
    waiting = {
        row["target_id"] for row in united(open_items(Scope(user_id=first.pk, office_ids={offices[0].pk})), limit=9)
    }

    assert (plan.author, plan.all_writers, plan.read_at) == (second, {first.pk, second.pk}, offices[1])
    assert plan.pk not in waiting
    assert "so you cannot approve it yourself" in signed_in(first).get(plan.get_absolute_url()).text
    for writer in (first, second):
        with pytest.raises(PermissionDenied):
            business_plans.approve(plan=plan, by=writer, version=plan.version)


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.xfail(strict=True, reason="By a comma it is somebody else's plan.", raises=pytest.fail.Exception)
def test_nobody_approves_what_they_wrote_before_a_colleague_did_control(sent, offices, monkeypatch):
    monkeypatch.setattr(BusinessPlan, "all_writers", property(lambda plan: {plan.author_id}))
    first, _second, plan = a_comma_later(offices, sent=sent)
    BusinessPlan.objects.update(writers=[])

    with pytest.raises(PermissionDenied):
        business_plans.approve(plan=plan, by=first, version=plan.version)


def test_the_database_lets_nobody_approve_what_they_wrote(offices):
    first, _second, plan = a_comma_later(offices, sent=True)

    with pytest.raises(IntegrityError, match="casework_business_plan_checker_wrote_nothing"):
        BusinessPlan.objects.filter(pk=plan.pk).update(state="approved", approved_by=first, approved_at=timezone.now())


@pytest.mark.parametrize(
    ("limits", "where"),
    [
        ([None, None, None], "own"),
        ([50_000, None, None], "own"),
        ([49_999, None, None], "Region"),
        ([49_999, 49_999, None], "Head"),
        ([49_999, 49_999, 49_999], "Head"),
    ],
)
def test_a_sum_beyond_what_an_office_approves_goes_one_level_up(limits, where, offices):
    plan = plan_at(offices, loan_wanted=50_000)
    for office, limit in zip(offices, limits, strict=True):
        office.plan_limit = limit
        office.save()
        colleague(REGIONAL if office != offices[2] else PROGRAMME, office=office)

    assert read_at(plan) == where


def test_who_is_away_reads_no_plan(offices):
    plan = plan_at(offices)
    today = timezone.localdate()
    AbsenceFactory(user=colleague(ADVISOR, office=offices[0]), from_on=today, until_on=today)
    colleague(REGIONAL, office=offices[1])

    assert read_at(plan) == "Region"


def test_an_office_that_closed_hands_on_to_its_successor(offices):
    plan = plan_at(offices)
    heir = OfficeFactory(depth=1, parent=offices[2], name="Heir")
    offices[1].closed_on, offices[1].successor = timezone.localdate(), heir
    offices[1].save()
    colleague(REGIONAL, office=heir)

    assert read_at(plan) == "Heir"


def test_an_office_with_nothing_above_keeps_its_plans(offices):
    assert read_at(plan_at([offices[2]])) == "own"


def lines_of(user, office):
    scope = Scope(user_id=user.pk, office_ids=user.office_ids)
    items = united(open_items(scope), limit=9)
    return [item["office_id"] for item in items if item["kind"] == "casework.business_plan"]


def test_the_manager_above_finds_it_approves_it_and_colleagues_below_do_not(offices):
    plan = plan_at(offices)
    below = colleague(ADVISOR, office=offices[0])
    offices[0].plan_limit = 1_000
    offices[0].save()
    manager = colleague(PROGRAMME, office=offices[2])
    plan.refresh_from_db()

    sent = business_plans.submit(plan=plan, by=plan.author, version=0)

    assert (sent.read_at, lines_of(manager, offices[2]), lines_of(below, offices[0])) == (
        offices[2], [offices[2].pk], [],
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        business_plans.approve(plan=sent, by=below, version=sent.version)
    assert business_plans.approve(plan=sent, by=manager, version=1).state == BusinessPlanState.APPROVED


@pytest.mark.xfail(strict=True, reason="the control: nobody looks above", raises=AssertionError)
@pytest.mark.parametrize(("author", "others", "where"), POSITIONS[2:6])
def test_a_plan_is_read_where_another_may_control(author, others, where, offices, monkeypatch):
    monkeypatch.setattr(plan_readers, "has_reader", lambda *_args, **_said: True)
    test_a_plan_is_read_where_another_may(author, others, where, offices)


@pytest.mark.xfail(strict=True, reason="the control: the rule does not ask where it is read")
def test_the_manager_above_finds_it_approves_it_and_colleagues_below_do_not_control(offices, monkeypatch):
    monkeypatch.setattr("casework.rules.is_read_above.fn", lambda *_args: False)
    test_the_manager_above_finds_it_approves_it_and_colleagues_below_do_not(offices)


def test_a_plan_that_waits_goes_along_with_its_case(offices):
    """The new office reads it, or whoever is above that one."""
    plan = plan_at(offices, made=SubmittedPlanFactory, read_at=offices[1])
    lone = colleague(ADVISOR, office=smeda_office("lahore", name="Lahore"))
    colleague(ADVISOR, office=lone.appointments.get().office)

    to = Holder(lone.appointments.get().office, lone, Why.CHOSEN)
    hand_overs.hand_over(plan.case, to, by=system(), cause=Transfer.Cause.LEFT)

    plan.refresh_from_db()
    assert (plan.read_at, plan.at_reader_since, plan.case.office.name) == (None, timezone.localdate(), "Lahore")


# Late to read


MONDAY = dt.date(2026, 11, 16)


def night(day):
    return dt.datetime.combine(day, dt.time(1), tzinfo=timezone.get_default_timezone())


def passed(day):
    """How many plans go up in the night to this day."""
    return plan_readers.pass_up(now=night(day), by=system())


def waiting_since(offices, due_on=MONDAY, **said):
    """A plan that a colleague here, and a manager at each office above, may read."""
    plan = plan_at(offices, made=SubmittedPlanFactory, due_on=due_on, **said)
    colleague(ADVISOR, office=offices[0])
    colleague(REGIONAL, office=offices[1])
    colleague(PROGRAMME, office=offices[2])
    return plan


def goes_up_after_a_working_day(offices):
    plan = waiting_since(offices)
    reached = []
    for days in range(1, 9):
        count = passed(MONDAY + dt.timedelta(days=days))
        plan.refresh_from_db()
        reached.append((count, plan.read_at and plan.read_at.name))
    return plan, reached


def test_a_plan_that_nobody_reads_goes_up_when_a_working_day_went_by(offices):
    """Due on Monday; late all of Tuesday; up on Wednesday, and again after Thursday. At the top it stays."""
    plan, reached = goes_up_after_a_working_day(offices)

    assert reached == [(0, None), (1, "Region"), (0, "Region"), (1, "Head"), *[(0, "Head")] * 4]
    assert (plan.due_on, names_of(BusinessPlan, plan.pk)) == (MONDAY, ["casework.business_plan_passed_up"] * 2)
    assert [passed(MONDAY + dt.timedelta(days=days)) for days in (20, 40)] == [0, 0]


@pytest.mark.xfail(strict=True, reason="the control: nothing is late with its reader", raises=AssertionError)
def test_a_plan_that_nobody_reads_goes_up_when_a_working_day_went_by_control(offices, monkeypatch):
    monkeypatch.setattr(plan_readers, "is_late_with_reader", lambda *_args, **_said: False)
    test_a_plan_that_nobody_reads_goes_up_when_a_working_day_went_by(offices)


def test_a_weekend_is_no_working_day(offices):
    waiting_since(offices, due_on=MONDAY + dt.timedelta(days=4))

    assert [passed(MONDAY + dt.timedelta(days=day)) for day in range(5, 9)] == [0, 0, 0, 1]


def test_whoever_has_it_above_reads_it_and_the_page_says_since_when_it_is_late(offices, signed_in):
    plan = waiting_since(offices)
    manager = colleague(REGIONAL, office=offices[1])
    passed(MONDAY + dt.timedelta(days=2))

    shown = [signed_in(user).get(plan.get_absolute_url()) for user in (plan.author, manager)]
    assert [page.context["late"] for page in shown] == ["Late since Mon 16 Nov 2026. Region has it."] * 2
    assert ["You wrote it, so you cannot approve it yourself" in page.text for page in shown] == [True, False]
    assert lines_of(manager, offices[1]) == [offices[1].pk]
    plan.refresh_from_db()
    assert business_plans.approve(plan=plan, by=manager, version=plan.version).state == BusinessPlanState.APPROVED


def test_what_is_sent_again_begins_anew(offices):
    plan = waiting_since(offices)
    passed(MONDAY + dt.timedelta(days=2))
    plan.refresh_from_db()
    manager = colleague(REGIONAL, office=offices[1])
    plan = business_plans.send_back(plan=plan, by=manager, version=plan.version, remark="The rent is missing.")

    sent = business_plans.submit(plan=plan, by=plan.author, version=plan.version)

    assert (sent.read_at, sent.at_reader_since) == (None, None)


def test_what_was_read_this_minute_stays(offices):
    late = waiting_since(offices)
    business_plans.approve(plan=late, by=colleague(ADVISOR, office=offices[0]), version=late.version)

    assert plan_readers.pass_up_one(late, today=MONDAY + dt.timedelta(days=9), by=system()) is False


def test_the_night_passes_late_plans_up(offices):
    waiting_since(offices)

    assert jobs.pass_up_plans(None) == {"plans": 1}

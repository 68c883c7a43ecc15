"""Plans that are read a second time: drawn once, by lot, and read by somebody else than the author."""

import datetime as dt
import uuid
from functools import partial

import pytest
import rules
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Appointment, User
from accounts.roles import Role
from casework import rules as casework_rules
from casework.actions import lots, plan_reviews, plans
from casework.models import Case, PlanReview, StepKind
from casework.open_items import open_items
from journal.models import Event
from journal.moves import EditConflict, MoveRefused
from journal.open_items import Scope
from kit import words
from portal.pages import team
from tests.factories.accounts import AbsenceFactory, colleague
from tests.factories.casework import (
    CalledFactory,
    ClosedFactory,
    DrawnPlanFactory,
    RemarkedPlanFactory,
    SoundPlanFactory,
    SparedPlanFactory,
    StepFactory,
    smeda_office,
)
from tests.factories.enterprises import system

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def everyone(monkeypatch):
    monkeypatch.setattr(plan_reviews, "falls", lambda: True)


@pytest.fixture
def nobody(monkeypatch):
    monkeypatch.setattr(plan_reviews, "falls", lambda: False)


def drawn(*, now=None):
    return plan_reviews.draw_lots(now=now or timezone.now(), by=system())


def promised(*, now):
    return plan_reviews.keep_promise(now=now, by=system())


def agreed(*, at=None, **facts):
    """A plan, by its first step."""
    case = CalledFactory(**facts)
    return StepFactory(case=case, set_by=case.advisor, set_at=at or timezone.now())


def listed(user, *, kind="casework.plan_review", days=0, is_team=False):
    today = timezone.localdate() + days * DAY
    scope = Scope(user_id=user.pk, office_ids=user.office_ids, today=today, is_team=is_team)
    return [row[-1] for rows in open_items(scope) for row in rows if row[0] == kind]


def chain():
    """An office below another one below the programme's, with who manages each."""
    top = smeda_office("quetta", depth=1)
    above = smeda_office("lahore", parent=top, depth=2)
    office = smeda_office(parent=above, depth=3)
    roles = (Role.REGIONAL_MANAGER, Role.REGIONAL_MANAGER, Role.PROGRAMME_MANAGER)
    return office, [colleague(role, office=at) for role, at in zip(roles, (office, above, top), strict=True)]


# the draw


def test_a_drawn_plan_waits_for_the_manager_and_not_for_the_author(everyone):
    office, (manager, above, _programme) = chain()
    step = agreed(office=office, advisor=colleague(Role.ADVISOR, office=office))

    assert drawn() == 1

    review = PlanReview.objects.get()
    assert (review.state, review.author, review.read_at, review.first_step) == ("drawn", step.set_by, office, step)
    assert [listed(user) for user in (manager, above, step.set_by)] == [[review.pk], [], []]
    event = Event.objects.get(name="casework.plan_drawn")
    assert (event.target_id, event.by, sorted(event.audience)) == (review.pk, system(), ["advisors", "managers"])


def drawn_where_the_first_fails(monkeypatch):
    """How many of two plans are drawn in the night in which the first one cannot be."""
    chain()
    first, _second = agreed(), agreed()
    draw = plan_reviews.draw

    def fails_for_the_first(review, **facts):
        if review.first_step_id == first.pk:
            raise LookupError
        return draw(review, **facts)

    monkeypatch.setattr(plan_reviews, "draw", fails_for_the_first)
    return drawn()


def test_one_plan_that_fails_does_not_stop_the_others_of_the_night(everyone, monkeypatch):
    assert drawn_where_the_first_fails(monkeypatch) == 1
    assert PlanReview.objects.count() == 1  # the other has no lot yet, and gets it another night


@pytest.mark.xfail(strict=True, raises=LookupError, reason="the control: the first fault ends the night")
def test_one_plan_that_fails_does_not_stop_the_others_of_the_night_control(everyone, monkeypatch):
    monkeypatch.setattr(plan_reviews, "one_by_one", lambda rows, act, *, failed: sum(act(row) for row in rows))

    assert drawn_where_the_first_fails(monkeypatch) == 1


def promised_where_one_author_fails(monkeypatch):
    """How many of two authors get their reader of the month where the draw fails for the first."""
    chain()
    first, _second = SparedPlanFactory(), SparedPlanFactory()
    PlanReview.objects.update(agreed_at=timezone.localtime().replace(day=1) - 3 * DAY)
    draw = plan_reviews.draw

    def fails_for_the_first(review, **facts):
        if review.pk == first.pk:
            raise LookupError
        return draw(review, **facts)

    monkeypatch.setattr(plan_reviews, "draw", fails_for_the_first)
    return promised(now=timezone.now())


def test_one_author_whose_draw_fails_does_not_stop_the_others(monkeypatch):
    assert promised_where_one_author_fails(monkeypatch) == 1


@pytest.mark.xfail(strict=True, raises=LookupError, reason="the control: the first fault ends the night")
def test_one_author_whose_draw_fails_does_not_stop_the_others_control(monkeypatch):
    monkeypatch.setattr(lots, "one_by_one", lambda rows, act, *, failed: sum(act(row) for row in rows))

    assert promised_where_one_author_fails(monkeypatch) == 1


def drawn_again(monkeypatch, *, lots):
    """How many readings there are when the lot is asked for as often as these."""
    agreed()
    answers = iter(lots)
    monkeypatch.setattr(plan_reviews, "falls", lambda: next(answers))
    for _night in lots:
        drawn()
    return list(PlanReview.objects.values_list("state", flat=True))


def test_a_plan_has_one_lot_whatever_nights_pass(monkeypatch):
    assert drawn_again(monkeypatch, lots=[False, True]) == ["spared"]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: a lot that is forgotten is drawn again")
def test_a_plan_has_one_lot_control(monkeypatch):
    monkeypatch.setattr(plan_reviews.Step.objects.__class__, "without_lot", lambda steps, since, until: steps.all())
    monkeypatch.setattr(plan_reviews, "draw_lot", forgetful(plan_reviews.draw_lot))

    assert drawn_again(monkeypatch, lots=[False, True]) == ["spared"]


def forgetful(draw_lot):
    def draw(step, **facts):
        PlanReview.objects.filter(first_step=step).delete()
        return draw_lot(step, **facts)

    return draw


def test_whoever_comes_second_finds_that_it_has_its_lot(everyone):
    step = agreed()
    drawn()

    assert plan_reviews.draw_lot(step, now=timezone.now(), by=system(), lot=lambda: True) is False
    with pytest.raises(IntegrityError), transaction.atomic():
        SparedPlanFactory(case=step.case, first_step=step)


def test_a_plan_that_grows_or_is_old_has_no_other_lot(everyone):
    now = timezone.now()
    step = agreed(at=now - 2 * DAY)
    StepFactory(case=step.case, set_by=step.set_by, set_at=now)
    agreed(at=now - 32 * DAY)
    late = agreed(at=now - 40 * DAY)
    StepFactory(case=late.case, set_by=late.set_by, set_at=now)

    assert (drawn(), PlanReview.objects.get().first_step) == (1, step)


def test_what_the_portal_agreed_by_itself_has_no_author_to_ask(everyone):
    StepFactory(case=CalledFactory(), set_by=system(), set_at=timezone.now())

    assert drawn() == 0


def test_about_one_in_ten_is_drawn():
    """Of 3000, between 200 and 400: outside of it once in some hundred million runs."""
    assert 200 < sum(plan_reviews.falls() for _plan in range(3000)) < 400


# at least one a month of every author


DECEMBER = dt.datetime.fromisoformat("2026-12-01T01:30+05:00")
NOVEMBER = dt.datetime.fromisoformat("2026-11-30T23:30+05:00")


def of_month(author, *, plans=3, at=NOVEMBER, made=SparedPlanFactory):
    return [made(author=author, agreed_at=at) for _plan in range(plans)]


def test_of_every_author_at_least_one_plan_of_a_month_is_drawn():
    unlucky, lucky = colleague(Role.ADVISOR), colleague(Role.ADVISOR)
    of_month(unlucky)
    of_month(lucky)
    of_month(lucky, plans=1, made=DrawnPlanFactory)

    assert (promised(now=DECEMBER), promised(now=DECEMBER + DAY)) == (1, 0)

    numbers = {author: PlanReview.objects.filter(author=author, state="drawn").count() for author in (unlucky, lucky)}
    assert numbers == {unlucky: 1, lucky: 1}


def test_a_month_is_over_before_its_promise_is_kept():
    of_month(colleague(Role.ADVISOR))
    of_month(colleague(Role.ADVISOR), at=DECEMBER)

    assert promised(now=NOVEMBER) == 0
    assert promised(now=DECEMBER) == 1
    assert promised(now=DECEMBER + 31 * DAY) == 1


def test_any_plan_of_the_month_may_be_the_one(monkeypatch):
    plans = of_month(colleague(Role.ADVISOR))
    asked = []
    monkeypatch.setattr(lots.secrets, "choice", lambda rows: asked.append([row.pk for row in rows]) or rows[-1])

    promised(now=DECEMBER)

    assert asked == [[plan.pk for plan in plans]]
    assert PlanReview.objects.get(state="drawn").pk == plans[-1].pk


def test_where_one_was_drawn_meanwhile_no_second_one_is():
    author = colleague(Role.ADVISOR)
    of_month(author)
    of_month(author, plans=1, made=DrawnPlanFactory)
    theirs = PlanReview.objects.filter(author=author)

    assert lots.draw_one_of(theirs, draw=pytest.fail) is False


# who reads


def test_what_the_manager_agreed_goes_up(everyone):
    office, (manager, above, _programme) = chain()
    agreed(office=office, advisor=manager)
    drawn()

    assert (listed(manager), len(listed(above))) == ([], 1)
    assert listed(manager, is_team=True) == []


def test_where_no_manager_is_there_it_goes_up(everyone):
    office, (manager, above, programme) = chain()
    advisor = colleague(Role.ADVISOR, office=office)
    AbsenceFactory(user=manager, until_on=timezone.localdate() + 9 * DAY)
    Appointment.objects.filter(user=above).delete()
    agreed(office=office, advisor=advisor)
    drawn()

    assert (listed(manager), len(listed(programme))) == ([], 1)


def test_where_nobody_is_it_waits_at_the_top(everyone):
    top = smeda_office("quetta", depth=1)
    agreed(office=smeda_office(parent=top, depth=2))
    drawn()

    assert PlanReview.objects.get().read_at == top


def test_what_is_late_is_the_programme_managers_too():
    office, (manager, above, programme) = chain()
    review = DrawnPlanFactory(case=CalledFactory(office=office), due_on=timezone.localdate())

    assert [listed(user) for user in (manager, above, programme)] == [[review.pk], [], []]
    assert [listed(user, days=1) for user in (manager, above, programme)] == [[review.pk], [], [review.pk]]


def test_it_goes_with_the_case_to_another_office():
    there = smeda_office("lahore")
    manager = colleague(Role.REGIONAL_MANAGER, office=there)
    review = DrawnPlanFactory()
    review.case.office = there

    lots.place_again(review.case)

    assert listed(manager) == [review.pk]


# reading


def managed(review):
    return colleague(Role.REGIONAL_MANAGER, office=review.read_at)


def said(review, *, by, is_sound=True, remark="", version=0):
    return plan_reviews.read(review=review, by=by, version=version, is_sound=is_sound, remark=remark)


def test_a_sound_plan_is_nobodys_any_more():
    review = DrawnPlanFactory()
    manager = managed(review)

    said(review, by=manager)

    review.refresh_from_db()
    assert (review.state, review.read_by, listed(manager)) == ("sound", manager, [])


def test_a_remark_waits_for_who_has_the_case_and_late_for_the_manager():
    review = DrawnPlanFactory()
    manager, author = managed(review), review.author

    made = said(review, by=manager, is_sound=False, remark="Who pays?")

    remarks = partial(listed, kind="casework.plan_remark")
    assert (remarks(author), remarks(manager)) == ([review.pk], [])
    assert remarks(manager, days=(made.due_on - timezone.localdate()).days + 1) == [review.pk]
    plan_reviews.talk_over(review=made, by=author, version=made.version)
    assert remarks(author) == []
    assert PlanReview.objects.get().talked_by == author


def test_a_remark_that_says_nothing_is_refused():
    review = DrawnPlanFactory()

    with pytest.raises(ValidationError) as refusal:
        said(review, by=managed(review), is_sound=False)

    assert list(refusal.value.error_dict) == ["remark"]


def test_nobody_reads_their_own_nor_an_advisor_anothers():
    review = DrawnPlanFactory()
    manager = managed(review)
    PlanReview.objects.update(author=manager)
    review.refresh_from_db()

    for user in (colleague(Role.ADVISOR, office=review.case.office), manager):
        with pytest.raises(PermissionDenied):
            said(review, by=user)


@pytest.mark.xfail(
    strict=True, raises=pytest.fail.Exception, reason="the control: without the rule a manager reads their own"
)
def test_nobody_reads_their_own_control(monkeypatch):
    monkeypatch.setitem(rules.permissions.permissions, "casework.review_plan", rules.always_true)

    test_nobody_reads_their_own_nor_an_advisor_anothers()


def read_by_whoever_agreed_a_step_too():
    """What a manager who agreed a step of a colleague's plan finds on their lists, and whether they may read it."""
    office, (manager, _above, _programme) = chain()
    case = agreed(office=office, advisor=colleague(Role.ADVISOR, office=office)).case
    StepFactory(case=case, set_by=manager)
    drawn()
    review = PlanReview.objects.get()
    return listed(manager), listed(manager, is_team=True), manager.has_perm("casework.review_plan", review)


def test_whoever_agreed_a_step_of_it_does_not_read_it(everyone):
    assert read_by_whoever_agreed_a_step_too() == ([], [], False)
    assert PlanReview.objects.get().read_at.depth == 2


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: where the author alone counts as a writer")
def test_whoever_agreed_a_step_of_it_does_not_read_it_control(everyone, monkeypatch):
    monkeypatch.setattr(PlanReview, "all_writers", property(lambda review: {review.author_id}))

    assert read_by_whoever_agreed_a_step_too() == ([], [], False)


def step_agreed_by_the_manager_after_the_draw():
    """Who finds the plan on their list: the manager of the office, and the one above."""
    office, (manager, above, _programme) = chain()
    case = agreed(office=office, advisor=colleague(Role.ADVISOR, office=office)).case
    drawn()
    plans.agree(case=case, steps=[planned("ntn"), planned("visit")], by=manager, version=case.version)
    return [len(listed(user)) for user in (manager, above)]


def planned(code):
    return {"kind": StepKind.objects.get(code=code), "due_on": timezone.localdate() + 9 * DAY}


def test_a_drawn_plan_goes_up_where_its_reader_agrees_a_step_of_it(everyone):
    assert step_agreed_by_the_manager_after_the_draw() == [0, 1]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: it stays where nobody may read it")
def test_a_drawn_plan_goes_up_where_its_reader_agrees_a_step_of_it_control(everyone, monkeypatch):
    monkeypatch.setattr(lots, "place_again", lambda case: None)

    assert step_agreed_by_the_manager_after_the_draw() == [0, 1]


def test_a_remark_on_a_case_that_ended_is_settled_by_its_manager_once_the_advisor_left():
    office, (manager, _above, programme) = chain()
    review = RemarkedPlanFactory(case=CalledFactory(office=office), read_by=manager)
    assert not manager.has_perm("casework.talk_plan_over", review)
    Case.objects.update(state="closed", outcome="graduated", closed_at=timezone.now(), next_contact_on=None)
    Appointment.objects.filter(user=review.case.advisor).delete()
    review = PlanReview.objects.get()

    assert [user.has_perm("casework.talk_plan_over", review) for user in (manager, programme)] == [True, True]
    assert not colleague(Role.ADVISOR, office=office).has_perm("casework.talk_plan_over", review)
    assert plan_reviews.talk_over(review=review, by=manager, version=review.version).state == "talked"


def may_talk_over_where_the_advisor_went_elsewhere():
    office, (manager, _above, programme) = chain()
    review = RemarkedPlanFactory(case=ClosedFactory(office=office, advisor=colleague(Role.ADVISOR, office=office)))
    advisor, there = review.case.advisor, smeda_office("lahore")
    Appointment.objects.filter(user=advisor).update(office=there)
    review, users = PlanReview.objects.get(), User.objects.in_bulk([manager.pk, programme.pk, advisor.pk])
    return [user.has_perm("casework.talk_plan_over", review) for user in users.values()]


def test_a_remark_is_settled_by_a_manager_where_the_advisor_went_to_another_office():
    assert may_talk_over_where_the_advisor_went_elsewhere() == [True, True, False]


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: any post of theirs counts")
def test_a_remark_is_settled_by_a_manager_where_the_advisor_went_to_another_office_control(monkeypatch):
    posts = Appointment.objects.in_force(on=timezone.localdate())
    monkeypatch.setattr(casework_rules.works_on_case, "test", lambda user, _item=None: posts.filter(user=user).exists())

    assert may_talk_over_where_the_advisor_went_elsewhere() == [True, True, False]


def test_the_database_holds_that_nobody_reads_their_own():
    review = DrawnPlanFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanReview.objects.update(state="sound", read_by=review.author, reviewed_at=timezone.now())


def test_the_second_reader_is_told_that_it_was_read():
    review = DrawnPlanFactory()
    said(review, by=managed(review))

    with pytest.raises(EditConflict):
        said(review, by=managed(review))
    with pytest.raises(MoveRefused):
        said(review, by=managed(review), version=1)


# pages


def sent(client, address, **typed):
    return client.post(address, typed | {"request_key": str(uuid.uuid4())})


def test_the_manager_reads_it_and_the_author_talks_it_over(signed_in):
    review = DrawnPlanFactory()
    manager, page = managed(review), review.get_absolute_url()

    shown = signed_in(manager).get(page).text
    refused = sent(signed_in(manager), page, version=0, verdict="talk", remark="").text
    sent(signed_in(manager), page, version=0, verdict="talk", remark="Who pays?")
    author = signed_in(review.author)
    told = author.get(page).text
    sent(author, reverse("casework:plan-review-talk", args=[review.pk]), version=1)

    review.refresh_from_db()
    assert review.first_step.get_absolute_url() in shown
    assert "Write what to talk over." in refused
    assert "Who pays?" in told
    assert (review.state, review.talked_by) == ("talked", review.author)


def test_the_author_finds_no_form_and_may_not_send_it(signed_in):
    review = DrawnPlanFactory()
    author = signed_in(review.author)

    assert 'name="verdict"' not in author.get(review.get_absolute_url()).text
    assert sent(author, review.get_absolute_url(), version=0, verdict="sound").status_code == 403


def test_what_was_talked_over_already_is_said(signed_in):
    review = RemarkedPlanFactory()
    address = reverse("casework:plan-review-talk", args=[review.pk])
    sent(signed_in(review.author), address, version=0)

    assert sent(signed_in(review.author), address, version=1).status_code == 200
    assert sent(signed_in(review.author), address).status_code == 200


def test_a_plan_that_was_not_drawn_is_nobodys_to_read(signed_in):
    spared = SparedPlanFactory()
    manager = colleague(Role.REGIONAL_MANAGER, office=spared.case.office)

    assert signed_in(manager).get(spared.get_absolute_url()).status_code == 404
    assert spared.case.person.name not in signed_in(manager).get("/desk/plan-reviews/").text


def test_the_figures_of_the_team_open_to_their_rows(signed_in):
    office = smeda_office()
    manager = colleague(Role.REGIONAL_MANAGER, office=office)
    advisor = colleague(Role.ADVISOR, office=office)
    for made in (SparedPlanFactory, DrawnPlanFactory, DrawnPlanFactory, SoundPlanFactory):
        made(case=CalledFactory(office=office, advisor=advisor))
    DrawnPlanFactory(case=CalledFactory(office=office, advisor=advisor), drawn_at=timezone.now() - 91 * DAY)
    DrawnPlanFactory(case=CalledFactory(office=office))
    client = signed_in(manager)

    found = team.gather(manager, now=timezone.now(), today=timezone.localdate())
    cells = next(
        row["cells"] for group in found["groups"] for row in group["rows"] if row["cells"][0]["text"] == str(advisor)
    )
    cells = cells[6:8]
    rows = [[row for group in client.get(cell["url"]).context["groups"] for row in group["rows"]] for cell in cells]

    assert [len(one) for one in rows] == [3, 1]
    assert [words.plain(cell["text"]) for cell in cells] == ["3", "1"]


@pytest.mark.parametrize("asked", ["", "?author=x", "?author=٣", "?author=" + "9" * 30, "?show=all"])
def test_whatever_else_is_asked_finds_all(asked, signed_in):
    review = DrawnPlanFactory()

    page = signed_in(managed(review)).get(f"/desk/plan-reviews/{asked}")

    assert len(page.context["groups"][0]["rows"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_and_the_page_take_as_many_questions(count, signed_in, django_assert_num_queries):
    office = smeda_office()
    reviews = [DrawnPlanFactory(case=CalledFactory(office=office)) for _review in range(count)]
    for _step in range(count - 1):
        StepFactory(case=reviews[0].case)
    client = signed_in(colleague(Role.REGIONAL_MANAGER, office=office))
    client.get("/desk/plan-reviews/")

    with django_assert_num_queries(LIST_QUERIES):
        client.get("/desk/plan-reviews/")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(reviews[0].get_absolute_url())


LIST_QUERIES = 8
PAGE_QUERIES = 10


def test_the_system_sees_every_drawn_one():
    SparedPlanFactory()
    review = DrawnPlanFactory()

    assert list(PlanReview.objects.visible_to(system())) == [review]
    assert list(PlanReview.objects.visible_to(Case.objects.first().person.user)) == []

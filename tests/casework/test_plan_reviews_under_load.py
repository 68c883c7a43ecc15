"""Of two managers who read one plan at the very same moment one is heard; of two nights one draws."""

import pytest
from django.utils import timezone

from accounts.roles import Role
from casework.actions import plan_reviews
from casework.models import PlanReview
from journal import moves
from journal.models import Event
from tests.committed import at_once, committed_rows
from tests.factories.accounts import colleague
from tests.factories.casework import CalledFactory, DrawnPlanFactory, StepFactory
from tests.factories.enterprises import system

PLANS = 8

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def read_by_two():
    """What each of two managers was told, and how often each plan was read."""
    reviews = [DrawnPlanFactory() for _plan in range(PLANS)]
    managers = [colleague(Role.REGIONAL_MANAGER, office=review.read_at) for review in reviews for _two in range(2)]

    def act(place):
        said = {"is_sound": bool(place % 2), "remark": "Who pays?"}
        return plan_reviews.read(review=reviews[place // 2], by=managers[place], version=0, **said)

    answers = at_once(2 * PLANS, act)
    events = Event.objects.filter(name__in=["casework.plan_found_sound", "casework.plan_remarked"])
    times = [events.filter(target_id=review.pk).count() for review in reviews]
    return list(zip(answers[::2], answers[1::2], strict=True)), times


def check(outcome):
    answers, times = outcome

    for pair in answers:
        assert sorted(type(answer).__name__ for answer in pair) == ["EditConflict", "PlanReview"]
    assert times == [1] * PLANS


def unlocked(item, *, version):
    return type(item)._default_manager.get(pk=item.pk)


def test_one_of_them_is_heard(db):
    with committed_rows():
        check(read_by_two())


def test_one_of_them_is_heard_control(db, monkeypatch):
    """The control: where nobody holds the row first, both of some pair are heard."""
    for module in (moves, plan_reviews):
        monkeypatch.setattr(module, "hold", unlocked)

    with committed_rows(), pytest.raises(AssertionError):
        check(read_by_two())


def test_of_two_nights_one_draws(db):
    with committed_rows():
        by, now = system(), timezone.now()
        steps = [StepFactory(case=CalledFactory(), set_at=now) for _plan in range(PLANS)]

        def act(place):
            return plan_reviews.draw_lot(steps[place // 2], now=now, by=by, lot=lambda: True)

        answers = at_once(2 * PLANS, act)

        assert sorted(answers) == [False] * PLANS + [True] * PLANS
        assert PlanReview.objects.count() == PLANS

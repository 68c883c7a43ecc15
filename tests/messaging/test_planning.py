import logging

import pytest

from accounts.models import User
from messaging import outbox
from messaging.actions import planning
from messaging.models import Message
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.messaging import NOON, hello

pytestmark = pytest.mark.django_db


def everybody(_now):
    return User.objects.filter(kind="entrepreneur").order_by("pk").iterator()


def test_plan_queues_what_is_due_once(install):
    install([hello(due=everybody), hello(name="test.never_planned")])
    users = EntrepreneurUserFactory.create_batch(3)

    planned = [outbox.plan(NOON), outbox.plan(NOON)]

    queued = Message.objects.order_by("target_id").values_list("kind", "target_id", "due_at")
    assert (planned, list(queued)) == ([3, 0], [("test.hello", user.pk, NOON) for user in users])


def test_plan_asks_what_is_due_by_now(install):
    asked = []
    install([hello(due=lambda now: asked.append(now) or [])])

    outbox.plan(NOON)

    assert asked == [NOON]


def test_a_new_occasion_is_a_new_message(install):
    occasions = iter(["2026-12-01", "2026-12-01", "2027-01-01"])
    install([hello(due=everybody, occasion=lambda _user: next(occasions))])
    EntrepreneurUserFactory()

    planned = [outbox.plan(NOON) for _ in range(3)]

    assert planned == [1, 0, 1]


def test_plan_goes_on_batch_after_batch(install, monkeypatch):
    monkeypatch.setattr(planning, "BATCH", 2)
    install([hello(due=everybody)])
    EntrepreneurUserFactory.create_batch(5)

    assert outbox.plan(NOON) == 5


def test_one_kinds_trouble_does_not_stop_the_others(install, caplog):
    def broken(_now):
        raise ValueError("+923000001234")

    install([hello(name="test.broken", due=broken), hello(due=everybody)])
    EntrepreneurUserFactory()

    planned = outbox.plan(NOON)

    errors = [(line.msg, line.kind, line.error) for line in caplog.records if line.levelno == logging.ERROR]
    assert (planned, errors) == (1, [("planning failed", "test.broken", "ValueError")])
    assert "+923000001234" not in caplog.text


def test_one_bad_target_does_not_stop_the_others(install, caplog):
    first, second = EntrepreneurUserFactory.create_batch(2)

    def occasion(user):
        if user == first:
            raise ValueError("no date")
        return "2026-12-01"

    install([hello(due=everybody, occasion=occasion)])

    outbox.plan(NOON)

    errors = [(line.msg, line.target_id, line.error) for line in caplog.records if line.levelno == logging.ERROR]
    assert list(Message.objects.values_list("target_id", flat=True)) == [second.pk]
    assert errors == [("planning left out a target", first.pk, "ValueError")]


def test_a_lost_database_is_not_the_kinds_trouble(install, monkeypatch):
    def broken(_now):
        raise ValueError

    install([hello(due=broken)])
    monkeypatch.setattr(planning.connection, "is_usable", lambda: False)

    with pytest.raises(ValueError, match=r"^$"):
        outbox.plan(NOON)


@pytest.mark.parametrize("users", [1, 3])
def test_planning_costs_the_same_for_one_and_for_many(install, django_assert_num_queries, users):
    install([hello(due=lambda _now: User.objects.filter(kind="entrepreneur"))])
    EntrepreneurUserFactory.create_batch(users)

    with django_assert_num_queries(4):  # who is due, who is known, insert, ring
        outbox.plan(NOON)

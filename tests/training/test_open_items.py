import datetime as dt

import pytest
from django.utils import timezone

from journal.open_items import Scope, united
from tests.factories.training import CourseRunFactory, EnrolmentFactory, SeatedFactory, SittingFactory
from training.open_items import open_items

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def items(**scope):
    return united(open_items(Scope(now=NOW, today=NOW.date(), **scope)), limit=50)


def test_a_class_that_began_waits_for_its_trainer():
    run = CourseRunFactory(starts_on=NOW.date(), seats_taken=1)
    begun = SittingFactory(run=run, starts_at=NOW - HOUR)
    SittingFactory(run=run, starts_at=NOW + HOUR)
    SittingFactory(run=run, starts_at=NOW - DAY, held_at=NOW - DAY)
    SittingFactory(starts_at=NOW - HOUR)
    SittingFactory(run=CourseRunFactory(trainer=run.trainer), starts_at=NOW - HOUR)  # nobody is on that course

    assert items(user_id=run.trainer_id) == [
        {
            "kind": "training.sitting",
            "enterprise_id": None,
            "since": begun.starts_at,
            "due_on": NOW.date(),
            "owner": "trainer",
            "holder_id": run.trainer_id,
            "office_id": run.office_id,
            "target_id": begun.pk,
        }
    ]


def test_the_team_of_an_office_sees_classes_to_mark():
    sitting = SittingFactory(run__seats_taken=1, starts_at=NOW - HOUR)

    found = items(office_ids=frozenset({sitting.run.office_id}), is_team=True)

    assert [(item["kind"], item["target_id"]) for item in found] == [("training.sitting", sitting.pk)]


def test_the_client_waits_for_the_next_class():
    run = CourseRunFactory(starts_on=NOW.date())
    enrolment = SeatedFactory(run=run)
    SittingFactory(run=run, starts_at=NOW - HOUR)
    coming = SittingFactory(run=run, starts_at=NOW + DAY)
    SittingFactory(run=run, starts_at=NOW + 2 * DAY)

    assert items(enterprise_ids={enrolment.enterprise_id}) == [
        {
            "kind": "training.sitting",
            "enterprise_id": enrolment.enterprise_id,
            "since": enrolment.seated_at,
            "due_on": NOW.date() + DAY,
            "owner": "entrepreneur",
            "holder_id": run.trainer_id,
            "office_id": run.office_id,
            "target_id": coming.pk,
        }
    ]


def test_the_next_class_is_no_item_of_a_colleagues():
    enrolment = SeatedFactory()
    SittingFactory(run=enrolment.run, starts_at=NOW + DAY)

    assert items(user_id=enrolment.run.trainer_id) == []


def test_a_place_on_the_list_waits_until_the_course_begins():
    waiting = EnrolmentFactory(run=CourseRunFactory(starts_on=NOW.date() + DAY))
    over = EnrolmentFactory(run=CourseRunFactory(starts_on=NOW.date() - DAY))

    found = items(enterprise_ids={waiting.enterprise_id, over.enterprise_id})

    assert found == [
        {
            "kind": "training.waiting",
            "enterprise_id": waiting.enterprise_id,
            "since": waiting.asked_at,
            "due_on": NOW.date() + DAY,
            "owner": "trainer",
            "holder_id": waiting.run.trainer_id,
            "office_id": waiting.run.office_id,
            "target_id": waiting.pk,
        }
    ]


def test_the_items_of_now():
    SittingFactory(run__seats_taken=1, starts_at=timezone.now() - HOUR)
    sitting = SittingFactory(run__seats_taken=1, starts_at=timezone.now() - HOUR)

    found = united(open_items(Scope(user_id=sitting.run.trainer_id)), limit=5)

    assert [item["target_id"] for item in found] == [sitting.pk]

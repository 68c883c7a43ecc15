"""Two clients are given one time of one advisor at the very same moment: the database lets one have it."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from casework.actions import meetings
from casework.models import Meeting
from tests.committed import at_once, committed_rows
from tests.factories.casework import CalledFactory, at_ten

CLIENTS = 8

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db]


def all_want_ten_o_clock():
    """What each was told, and how many times are kept."""
    first = CalledFactory()
    clients = [first, *(CalledFactory(office=first.office, advisor=first.advisor) for _one in range(CLIENTS - 1))]

    def act(place):
        return meetings.propose(
            case=clients[place], by=first.advisor, channel="office", starts_at=at_ten(days=1), minutes=30
        )

    answers = at_once(CLIENTS, act)
    return answers, Meeting.objects.filter(advisor=first.advisor).count()


def check(outcome):
    answers, kept = outcome

    assert sorted(type(answer).__name__ for answer in answers) == ["Meeting"] + ["ValidationError"] * (CLIENTS - 1)
    assert {str(answer.messages[0]) for answer in answers if isinstance(answer, ValidationError)} == {
        "There is another appointment at this time. Choose another one."
    }
    assert kept == 1


def test_one_of_them_has_it(db):
    with committed_rows():
        check(all_want_ten_o_clock())


@contextmanager
def unconstrained():
    constraint = next(one for one in Meeting._meta.constraints if one.name == "casework_meetings_do_not_overlap")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE casework_meeting DROP CONSTRAINT {constraint.name}")
    try:
        yield
    finally:
        Meeting.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Meeting, constraint)


def test_one_of_them_has_it_control(db):
    """The control: without the constraint all of them have it."""
    with committed_rows(), unconstrained():
        answers, kept = all_want_ten_o_clock()

    assert (kept, {type(answer) for answer in answers}) == (CLIENTS, {Meeting})

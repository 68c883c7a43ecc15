"""What three attempts in vain did not settle, the manager decides."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.roles import Role
from casework.actions import attempts, endings
from casework.models import Case
from casework.open_items import open_items
from casework.querysets.clocks import AttemptQuerySet
from journal.open_items import Scope
from tests.factories.accounts import colleague
from tests.factories.casework import AttemptFactory, CaseFactory

pytestmark = pytest.mark.django_db


def tried(case, *days):
    """On these days, each three hours after the other."""
    morning = timezone.localtime().replace(hour=8)
    for number, day in enumerate(days):
        AttemptFactory(case=case, at=morning - dt.timedelta(days=day) + number * dt.timedelta(hours=3))


def on_list(user):
    scope = Scope(user_id=user.pk, office_ids=user.office_ids)
    return [row[-1] for rows in open_items(scope) for row in rows if row[0] == "casework.first_contact"]


@pytest.mark.parametrize(
    ("days", "is_enough"), [((0, 1, 1), True), ((0, 0, 0), False), ((0, 1), False), ((0, 1, 2, 3), True)]
)
def test_after_three_attempts_in_vain_the_manager_decides_what_is_next(days, is_enough, signed_in):
    """C1: the clock goes on; what three tries did not settle stands on the manager's list before it is late."""
    case = CaseFactory(first_contact_due_on=timezone.localdate() + dt.timedelta(days=2))
    manager = colleague(Role.REGIONAL_MANAGER, office=case.office)
    tried(case, *days)

    page = signed_in(case.advisor).get(case.get_absolute_url()).text

    assert on_list(manager) == ([case.pk] if is_enough else [])
    assert ("the manager decides" in page) is is_enough
    assert on_list(case.advisor) == [case.pk]


def tried_at(*minutes):
    """Yesterday at noon, and so many minutes after ten today."""
    case, ten = CaseFactory(), timezone.localtime().replace(hour=10, minute=0)
    AttemptFactory(case=case, at=ten - dt.timedelta(hours=22))
    for minute in minutes:
        AttemptFactory(case=case, at=ten + dt.timedelta(minutes=minute))
    return case


@pytest.mark.parametrize(
    ("minutes", "is_enough"),
    [((0, 0), False), ((0, 1), False), ((0, 119), False), ((0, 120), True), ((1, 0, 130), True)],
)
def test_an_attempt_of_the_same_hour_is_no_other_search(minutes, is_enough):
    case = tried_at(*minutes)

    assert Case.objects.filter(pk=case.pk).tried_in_vain().exists() is is_enough


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="the control: each press is a search")
def test_an_attempt_of_the_same_hour_is_no_other_search_control(monkeypatch):
    monkeypatch.setattr(AttemptQuerySet, "searching", lambda rows: rows)

    test_an_attempt_of_the_same_hour_is_no_other_search((0, 1), False)


def test_another_clients_attempt_takes_nothing_away():
    AttemptFactory(at=timezone.localtime().replace(hour=9, minute=59))

    assert Case.objects.filter(pk=tried_at(0, 150).pk).tried_in_vain().exists()


@pytest.mark.parametrize(("channel", "result"), [("visit", "off"), ("visit", "wrong"), ("phone", "not_there")])
def test_what_came_of_it_belongs_to_how_it_was_tried(channel, result, signed_in):
    case = CaseFactory()
    page = f"/desk/cases/{case.pk}/attempts/new/"
    sent = {"version": "0", "channel": channel, "result": result, "request_key": str(uuid.uuid4())}

    with pytest.raises(ValidationError):
        attempts.log(case=case, by=case.advisor, version=0, channel=channel, result=result)

    assert [*signed_in(case.advisor).post(page, sent).context["form"].errors] == ["result"]
    assert not case.attempts.exists()


@pytest.mark.parametrize(
    ("channel", "result"), [("visit", "no_answer"), ("visit", "not_there"), ("phone", "off"), ("phone", "message")]
)
def test_what_goes_together_is_written_down(channel, result):
    case = CaseFactory()

    assert attempts.log(case=case, by=case.advisor, version=0, channel=channel, result=result).result == result


def test_a_visit_of_before_that_says_the_phone_was_off_is_no_search():
    case = CaseFactory()
    AttemptFactory(case=case, channel="visit", result="off")
    before = endings.was_looked_for(case)
    AttemptFactory(case=case, channel="visit", result="not_there")

    assert (before, endings.was_looked_for(case)) == (False, True)

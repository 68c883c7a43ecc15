"""What three attempts in vain did not settle, the manager decides."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import Role
from casework.open_items import open_items
from journal.open_items import Scope
from tests.factories.accounts import colleague
from tests.factories.casework import AttemptFactory, CaseFactory

pytestmark = pytest.mark.django_db


def tried(case, *days):
    for day in days:
        AttemptFactory(case=case, at=timezone.now() - dt.timedelta(days=day))


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

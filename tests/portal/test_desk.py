import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from casework.models import StepKind
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import CaseFactory, StepFactory

pytestmark = pytest.mark.django_db


def rows(response):
    """(what, who has it) of each row, as the reader sees them."""
    groups = response.context["desk"].groups
    return [(str(row["cells"][2]["text"]), str(row["cells"][3]["text"])) for group in groups for row in group["rows"]]


def due(days):
    return timezone.localdate() + dt.timedelta(days=days)


def test_the_desk_shows_what_is_late_first_and_says_steps_by_their_names(signed_in):
    case = CaseFactory(first_contact_due_on=due(1))
    step = StepFactory(case=case, due_on=due(-2), kind=StepKind.objects.get(code="photos"))

    response = signed_in(case.advisor).get("/desk/")

    assert rows(response) == [(step.kind.name, "The client"), ("First phone call", "You")]
    assert [count["number"] for count in response.context["desk"].counts] == [1, 0, 1, 1]


@pytest.mark.parametrize(("show", "number"), [("late", 1), ("today", 1), ("week", 1), ("waiting", 0), ("nonsense", 4)])
def test_a_count_opens_to_its_rows(signed_in, show, number):
    office = OfficeFactory()
    advisor = colleague(Role.ADVISOR, office=office)
    for days in (-3, 0, 4, 30):
        CaseFactory(advisor=advisor, office=office, first_contact_due_on=due(days))

    response = signed_in(advisor).get(f"/desk/?show={show}")

    assert len(rows(response)) == number


def test_the_list_goes_on_where_the_page_before_ended(signed_in):
    office = OfficeFactory()
    advisor = colleague(Role.ADVISOR, office=office)
    for days in range(27):
        CaseFactory(advisor=advisor, office=office, first_contact_due_on=due(days // 2))
    client = signed_in(advisor)
    first = client.get("/desk/")

    second = client.get("/desk/", {"after": first.context["desk"].next_after})

    assert (len(rows(first)), len(rows(second)), second.context["desk"].next_after) == (25, 2, "")


@pytest.mark.parametrize("after", ["nonsense", "2026-13-01_x_1", "__", "2026-11-24_casework.step_x", "\x00"])
def test_a_strange_cursor_shows_the_first_page(signed_in, after):
    case = CaseFactory(first_contact_due_on=due(1))

    response = signed_in(case.advisor).get("/desk/", {"after": after})

    assert rows(response) == [("First phone call", "You")]


def test_the_team_of_a_manager_is_everybody_below(signed_in):
    above = OfficeFactory(depth=1)
    manager = colleague(Role.REGIONAL_MANAGER, office=above)
    CaseFactory(office=OfficeFactory(parent=above), first_contact_due_on=due(1))
    CaseFactory(first_contact_due_on=due(1))
    client = signed_in(manager)

    assert [len(rows(client.get(url))) for url in ("/desk/", "/desk/?team=1")] == [0, 1]


def test_the_number_of_queries_does_not_grow_with_the_rows(signed_in):
    office = OfficeFactory()
    advisor = colleague(Role.ADVISOR, office=office)
    client = signed_in(advisor)
    counts = []
    for _more in range(2):
        for _case in range(2):
            StepFactory(case=CaseFactory(advisor=advisor, office=office), kind=StepKind.objects.get(code="photos"))

        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/")
        counts.append(len(queries))

    assert counts[0] == counts[1]

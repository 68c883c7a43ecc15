import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from casework.models import StepKind
from enterprises.actions.statements import state
from enterprises.models import Statement
from portal.pages.items import numbering, of_colleague
from tests.factories.accounts import OfficeFactory, colleague
from tests.factories.casework import CaseFactory, StepFactory
from tests.factories.loans import LoanFactory
from tests.factories.training import SeatedFactory, SittingFactory

pytestmark = pytest.mark.django_db


def rows(response):
    """(what, who has it) of each row, as the reader sees them."""
    groups = response.context["desk"].groups
    return [(str(row["cells"][2]["text"]), str(row["cells"][3]["text"])) for group in groups for row in group["rows"]]


def due(days):
    return timezone.localdate() + dt.timedelta(days=days)


def test_the_desk_shows_what_is_late_first_and_says_steps_by_their_names(signed_in):
    """R1: whose kind of work was not said yet is called by where they are."""
    case = CaseFactory(
        first_contact_due_on=due(1), enterprise__name="", enterprise__stage="idea", enterprise__sector=None
    )
    step = StepFactory(case=case, due_on=due(-2), kind=StepKind.objects.get(code="photos"))

    response = signed_in(case.advisor).get("/desk/")

    who = [row["cells"][1] for group in response.context["desk"].groups for row in group["rows"]]
    assert [(cell["text"], cell["small"]) for cell in who] == [(case.person.name, "An idea in Multan")] * 2
    assert rows(response) == [(step.kind.name, "The client"), ("First phone call", "You")]
    assert [count["number"] for count in response.context["desk"].counts] == [1, 0, 1, 1]


def test_the_desk_says_what_a_client_called_wrong(signed_in):
    """R4"""
    case = CaseFactory(first_contact_due_on=due(30))
    state(case.person, ["phone", "name"], source="assisted", by=case.advisor)
    Statement.objects.filter(field="phone").update(disputed_at=timezone.now())

    groups = signed_in(case.advisor).get("/desk/").context["desk"].groups

    cells = groups[0]["rows"][0]["cells"]
    assert (str(cells[2]["text"]), cells[2]["small"], cells[1]["url"]) == (
        "The client says that something written down for them is wrong",
        "Mobile number",
        f"/desk/enterprises/{case.enterprise_id}/called-wrong/",
    )


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

    second = client.get("/desk/", {"after": first.context["desk"].next_after, "from": "26"})

    assert (len(rows(first)), len(rows(second)), second.context["desk"].next_after) == (25, 2, "")
    assert "from=26" in first.text
    assert [place_of(response) for response in (first, second)] == [(1, 25, 27), (26, 27, 27)]


def place_of(response):
    desk = response.context["desk"]
    return desk.first, desk.last, desk.total


@pytest.mark.parametrize("place", ["0", "-1", "x", "٣", "12345678"])
def test_a_strange_place_in_the_list_is_the_first(signed_in, place):
    case = CaseFactory(first_contact_due_on=due(1))
    cursor = f"{due(0)}_casework.step_1"

    response = signed_in(case.advisor).get("/desk/", {"after": cursor, "from": place})

    assert place_of(response) == (1, 1, 1)


def test_a_clients_class_waits_for_others_and_leads_to_the_case(signed_in):
    """What an advisor has to do comes first; a class is the client's and the trainer's (C7)."""
    case = CaseFactory(first_contact_due_on=due(1))
    sitting = SittingFactory(starts_at=timezone.now() + dt.timedelta(hours=1))
    SeatedFactory(run=sitting.run, enterprise=case.enterprise, person=case.person)
    client = signed_in(case.advisor)

    own, others = client.get("/desk/"), client.get("/desk/?show=waiting")

    assert (rows(own), rows(others)) == ([("First phone call", "You")], [("Next class", "The client")])
    assert [row["cells"][1]["url"] for group in others.context["desk"].groups for row in group["rows"]] == [
        case.get_absolute_url()
    ]


def test_a_client_is_found_and_the_keys_are_said_wherever_the_day_is_spent(signed_in):
    case = CaseFactory()
    client = signed_in(colleague(Role.REGIONAL_MANAGER, office=case.office))
    pages = {url: client.get(url).text for url in ("/desk/", "/desk/cases/", "/desk/team/", case.get_absolute_url())}

    assert {url for url, page in pages.items() if 'type="search"' in page and "<kbd>/</kbd>" in page} == set(pages)
    assert {url for url, page in pages.items() if "<kbd>j</kbd>" in page} == set(pages) - {case.get_absolute_url()}
    assert client.get("/desk/cases/").context["cases"].total == 1


@pytest.mark.parametrize("after", ["nonsense", "2026-13-01_x_1", "__", "2026-11-24_casework.step_x", "\x00"])
def test_a_strange_cursor_shows_the_first_page(signed_in, after):
    case = CaseFactory(first_contact_due_on=due(1))

    response = signed_in(case.advisor).get("/desk/", {"after": after})

    assert rows(response) == [("First phone call", "You")]


def test_the_team_of_a_manager_is_everybody_below(signed_in):
    above = OfficeFactory(depth=1)
    manager = colleague(Role.REGIONAL_MANAGER, office=above)
    case = CaseFactory(office=OfficeFactory(parent=above), first_contact_due_on=due(1))
    CaseFactory(first_contact_due_on=due(1))
    client = signed_in(manager)

    assert [len(rows(client.get(url))) for url in ("/desk/", "/desk/?team=1")] == [0, 1]

    LoanFactory(enterprise=case.enterprise, person=case.person, first_due_on=due(-9))

    # Late for the client, whoever has it: the manager answers for it.
    assert rows(client.get("/desk/?team=1&show=late")) == [("Instalment", "The client")]


def test_a_class_that_nobody_marked_is_called_by_its_course(signed_in):
    """It waits for many clients, so for none of them alone."""
    sitting = SittingFactory(starts_at=timezone.now() - dt.timedelta(hours=5), run__seats_taken=1)
    manager = colleague(Role.REGIONAL_MANAGER, office=sitting.run.office)

    (row,) = signed_in(manager).get("/desk/?team=1&show=waiting").context["desk"].groups[0]["rows"]

    assert [row["cells"][1][name] for name in ("text", "small")] == [sitting.run.course.label, sitting.run.where]
    assert row["cells"][2]["text"] == "Attendance to be marked"


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


@pytest.mark.parametrize("asked", ["", "?show=late", "?after=2026-11-23_casework.step_7_9&first=26"])
def test_what_everybody_opens_is_not_planned_each_time(signed_in, asked):
    """The list and its counts are one question, whatever is shown."""
    client = signed_in(CaseFactory().advisor)

    with CaptureQueriesContext(connection) as queries:
        client.get(f"/desk/{asked}")

    unions = [query["sql"] for query in queries if "item_kind" in query["sql"] or query["sql"].startswith("EXECUTE")]
    assert sum(numbering(of_colleague).name in sql for sql in unions) == 1

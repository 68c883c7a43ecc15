"""The team of a manager: each number is right, and opens to its list."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Appointment
from accounts.roles import Role
from kit import words
from portal.pages import team
from tests.factories.accounts import AbsenceFactory, AppointmentFactory, colleague
from tests.factories.casework import (
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    IntroductionFactory,
    TransferFactory,
    smeda_office,
)
from tests.factories.enterprises import district

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def office():
    return smeda_office()


@pytest.fixture
def manager(office):
    return colleague(Role.REGIONAL_MANAGER, office=office)


def advisor_with(office, *, open_cases=0, late=(), **attributes):
    """An advisor with so many open cases, and others whose call is so many days late."""
    advisor = colleague(Role.ADVISOR, office=office, **attributes)
    ahead = timezone.localdate() + 3 * DAY
    for _case in range(open_cases):
        CaseFactory(office=office, advisor=advisor, first_contact_due_on=ahead)
    for days in late:
        CaseFactory(office=office, advisor=advisor, first_contact_due_on=timezone.localdate() - days * DAY)
    return advisor


def rows(user):
    found = team.gather(user, now=timezone.now(), today=timezone.localdate())
    return {row["cells"][0]["text"]: row["cells"] for group in found["groups"] for row in group["rows"]}


def test_it_says_what_each_advisor_has_and_how_late(office, manager, signed_in):
    busy = advisor_with(office, open_cases=2, late=(1, 4), full_name="Sadia Anwar")
    idle = advisor_with(office, full_name="Bilal Khan")
    agreed = CalledFactory(office=office, advisor=busy, next_contact_on=timezone.localdate() - 9 * DAY)
    agreed.assigned_at = timezone.now() - 8 * DAY
    agreed.save()
    ClosedFactory(office=office, advisor=busy, opened_at=timezone.now() - 20 * DAY)
    CaseFactory(office=office, advisor=busy, first_contact_due_on=agreed.next_contact_on, lets_contact=False)
    AbsenceFactory(user=idle, until_on=timezone.localdate() + 2 * DAY)

    said = rows(manager)

    numbers = {name: [words.plain(cell["text"]) for cell in cells[1:4]] for name, cells in said.items()}
    assert numbers == {"Bilal Khan": ["0", "0", "0"], "Sadia Anwar": ["6", "5", "3"]}
    assert said["Sadia Anwar"][4]["small"] == words.due_in(agreed.next_contact_on, timezone.localdate())
    assert said["Bilal Khan"][5]["text"] != "–"


def test_every_number_opens_to_its_list(office, manager, signed_in):
    advisor_with(office, open_cases=2, late=(1, 4), full_name="Sadia Anwar")
    advisor_with(office, open_cases=1, full_name="Bilal Khan")
    client = signed_in(manager)

    found = {
        name: [len(listed_at(client, cell["url"])) if cell["url"] else 0 for cell in cells[1:4]]
        for name, cells in rows(manager).items()
    }

    assert found == {"Bilal Khan": [1, 1, 0], "Sadia Anwar": [4, 4, 2]}


def listed_at(client, url):
    groups = client.get(url).context["cases"].groups
    return [row for group in groups for row in group["rows"]]


def test_who_has_a_second_post_stands_once_with_what_the_reader_sees(office, manager, signed_in):
    """The list of it has cases of the manager's offices alone; the week of the colleague may hold others."""
    both = advisor_with(office, open_cases=2, full_name="Sadia Anwar")
    near, far = smeda_office("khanewal", parent=office), smeda_office("lahore")
    for other in (near, far):
        AppointmentFactory(user=both, role=Role.ADVISOR, office=other, weekly_cap=3)
    CaseFactory(office=near, advisor=both, enterprise__district=district("khanewal"))
    CaseFactory(office=far, advisor=both, enterprise__district=district("lahore"))
    reader = type(manager).objects.get(pk=manager.pk)
    caps = Appointment.objects.filter(user=both).exclude(office=far).values_list("weekly_cap", flat=True)

    found = team.gather(reader, now=timezone.now(), today=timezone.localdate())

    cells = [row["cells"] for group in found["groups"] for row in group["rows"]]
    assert [words.plain(cell["text"]) for cell in cells[0][1:3]] == ["3", "3"]
    assert len(cells) == 1
    assert words.plain(cells[0][2]["small"]) == f"of {sum(caps)} a week"
    assert len(listed_at(signed_in(reader), cells[0][1]["url"])) == 3


def test_what_a_manager_has_stands_there_too(office, manager, signed_in):
    CaseFactory(office=office, advisor=manager, first_contact_due_on=timezone.localdate() - 5 * DAY)

    cells = rows(manager)[str(manager)]

    assert [words.plain(cell["text"]) for cell in cells[1:4]] == ["1", "1", "1"]
    assert cells[2]["small"] == ""
    assert len(listed_at(signed_in(manager), cells[3]["url"])) == 1


def test_late_cases_alone_are_found_and_whatever_else_is_typed_finds_all(office, manager, signed_in):
    advisor = advisor_with(office, open_cases=1, late=(1,))
    CalledFactory(office=office, advisor=advisor, next_contact_on=None)
    client = signed_in(manager)

    found = [
        len(listed_at(client, f"/desk/cases/?{query}"))
        for query in ("due=late", "due=new", f"whose={advisor.pk}", "whose=99999", "due=soon")
    ]

    assert found == [1, 3, 3, 3, 3]


def test_an_advisor_asks_for_no_colleagues_cases_by_name(office, signed_in):
    advisor, other = advisor_with(office, open_cases=1), advisor_with(office, open_cases=2)

    page = signed_in(advisor).get("/desk/cases/").text

    assert f'value="{other.pk}"' not in page
    assert signed_in(advisor).get("/desk/team/").status_code == 403


def test_how_evenly_new_cases_come_is_the_most_beside_what_half_got(office, manager):
    for number in (1, 2, 6):
        advisor_with(office, open_cases=number)
    paused = advisor_with(office)
    Appointment.objects.filter(user=paused).update(weekly_cap=0)

    spread = team.gather(manager, now=timezone.now(), today=timezone.localdate())["spread"]

    assert spread == {"most": 6, "half": 2}
    assert team.spread_of([0, 1]) == {"most": 1, "half": 0}
    assert rows(manager)[str(paused)][2]["small"] == "takes nobody new"


def test_where_hardly_anybody_got_a_case_nothing_is_said_of_it(office, manager, signed_in):
    advisor_with(office)

    assert "Too few new cases" in signed_in(manager).get("/desk/team/").text
    assert team.spread_of([]) is None


def test_who_is_asked_to_take_a_case_stands_there(office, manager, signed_in):
    advisor = advisor_with(office)
    late = TransferFactory(to_office=office, to_advisor=advisor, due_on=timezone.localdate() - DAY)
    soon = TransferFactory(to_office=office, to_advisor=None, due_on=timezone.localdate())
    elsewhere = TransferFactory(case__office=office, case__advisor=advisor)

    said = team.gather(manager, now=timezone.now(), today=timezone.localdate())["proposals"]

    assert [(row["url"], row["tag"]["tone"]) for row in said] == [
        (late.get_absolute_url(), "late"),
        (soon.get_absolute_url(), "soon"),
    ]
    assert elsewhere.get_absolute_url() not in signed_in(manager).get("/desk/team/").text


def test_of_whom_nothing_is_known_stands_with_whose_it_is_and_since_when(office, manager, signed_in):
    sent_on = timezone.now() - 20 * DAY
    case = CalledFactory(office=office, advisor=advisor_with(office, full_name="Sadia Anwar"))
    sent = IntroductionFactory(case=case, at=sent_on, due_on=timezone.localdate() - 6 * DAY)

    (row,) = team.gather(manager, now=timezone.now(), today=timezone.localdate())["stale"]
    page = signed_in(manager).get("/desk/team/").text

    day = words.plain(words.day_short(sent_on))
    assert (row["url"], row["small"]) == (sent.case.get_absolute_url(), f"Sadia Anwar, {day}")
    assert "&lt;bdi" not in page


def test_who_reads_nationally_sees_every_office(office, signed_in):
    advisor_with(office, full_name="Sadia Anwar")
    advisor_with(smeda_office("lahore"), full_name="Bilal Khan")
    TransferFactory()
    reader = colleague(Role.AUDITOR)

    page = signed_in(reader).get("/desk/team/")

    assert {"Bilal Khan", "Sadia Anwar"} <= set(rows(reader))
    assert len(page.context["team"]["proposals"]) == 1
    assert signed_in(reader).get("/desk/cases/").status_code == 200


def test_a_manager_without_advisors_reads_so(manager, signed_in):
    assert "No advisor yet" in signed_in(manager).get("/desk/team/").text


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_page_takes_as_many_questions_whatever_the_team(
    count, office, manager, signed_in, django_assert_num_queries
):
    for _advisor in range(count):
        advisor = advisor_with(office, open_cases=1, late=(1,))
        TransferFactory(to_office=office, to_advisor=advisor)
    client = signed_in(manager)
    client.get("/desk/team/")

    with django_assert_num_queries(QUERIES):
        client.get("/desk/team/")


QUERIES = 18

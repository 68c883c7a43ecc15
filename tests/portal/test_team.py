"""The team of a manager: each number is right, and opens to its list."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Appointment
from accounts.roles import Role
from casework.models import Case
from kit import words
from portal.pages import team
from tests.factories.accounts import AbsenceFactory, AppointmentFactory, colleague
from tests.factories.call_backs import CalledBackFactory, VainFactory
from tests.factories.casework import (
    CalledFactory,
    CaseFactory,
    ClosedFactory,
    IntroductionFactory,
    SoundPlanFactory,
    StepFactory,
    TransferFactory,
    WritingFactory,
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


def test_every_number_of_the_page_opens_to_its_list(office, manager, signed_in):
    """Each number, and the two below them; what is late is whatever the desk calls late, calls or not."""
    busy = advisor_with(office, open_cases=2, late=(1, 4), full_name="Sadia Anwar")
    called = CalledFactory(office=office, advisor=busy, next_contact_on=None)
    WritingFactory(case=called, due_on=timezone.localdate() - 9 * DAY)
    step = StepFactory(case=called, due_on=timezone.localdate() - DAY)
    SoundPlanFactory(case=called, author=busy, first_step=step)
    CalledBackFactory(case=called, author=busy)
    VainFactory(case=called, author=busy)
    advisor_with(office, open_cases=1, full_name="Bilal Khan")
    CaseFactory(office=office, advisor=manager, first_contact_due_on=timezone.localdate() - 5 * DAY)
    left = CaseFactory(office=office)
    left.advisor.appointments.update(until_on=timezone.localdate() - DAY, from_on=timezone.localdate() - 9 * DAY)
    Case.objects.filter(pk=called.pk).update(wish_waits_since=timezone.now() - 40 * DAY)
    client = signed_in(manager)
    page = client.get("/desk/team/").context["team"]
    cells = [cell for group in page["groups"] for row in group["rows"] for cell in row["cells"]]

    said = [(cell["label"], words.plain(cell["text"]), cell["url"]) for cell in cells if cell.get("kind") == "num"]
    said += [(name, str(page[name]["number"]), page[name]["url"]) for name in ("left", "wishes")]

    opened = [(label, str(rows_at(client, url) if url else 0), url) for label, _number, url in said]
    assert said == opened
    assert [words.plain(cell["text"]) for cell in rows(manager)["Sadia Anwar"][1:4]] == ["5", "5", "4"]
    assert {name: page[name]["number"] for name in ("left", "wishes")} == {"left": 1, "wishes": 1}


@pytest.mark.xfail(strict=True, reason="the control: calls alone are late", raises=AssertionError)
def test_every_number_of_the_page_opens_to_its_list_control(office, manager, signed_in, monkeypatch):
    def of_calls(_shape, scope):
        late = Case.objects.late(on=scope.today).order_by()
        return {case.advisor_id: (late.filter(advisor=case.advisor_id).count(), case.late_since) for case in late}

    monkeypatch.setattr(team, "late_of_each", of_calls)

    test_every_number_of_the_page_opens_to_its_list(office, manager, signed_in)


def rows_at(client, url):
    """How many rows the list at the address has, whichever list it is."""
    context = client.get(url).context
    groups = context["desk"].groups if "desk" in context else context.get("groups") or context["cases"].groups
    return sum(len(group["rows"]) for group in groups)


def test_since_when_is_the_oldest_of_whatever_is_late(office, manager):
    busy = advisor_with(office, late=(1,), full_name="Sadia Anwar")
    asked = WritingFactory(case=CalledFactory(office=office, advisor=busy), due_on=timezone.localdate() - 9 * DAY)

    assert rows(manager)["Sadia Anwar"][4]["small"] == words.due_in(asked.due_on, timezone.localdate())


def test_the_teams_list_of_one_colleague_says_whose_it_is_and_leads_back(office, manager, signed_in):
    busy = advisor_with(office, late=(1, 2), full_name="Sadia Anwar")
    other = advisor_with(office, late=(1,), full_name="Bilal Khan")
    elsewhere = advisor_with(smeda_office("lahore"), late=(1,))
    client = signed_in(manager)

    def shown(query):
        context = client.get(f"/desk/?{query}").context
        current = [words.plain(chip["label"]) for chip in context["views"] if chip["is_current"]]
        return current, context["desk"].counts[0]["number"]

    assert shown(f"team=1&show=late&whose={busy.pk}") == (["Sadia Anwar"], 2)
    assert shown("team=1&show=late") == (["My whole team"], 3)
    for strange in (f"team=1&whose={elsewhere.pk}", "team=1&whose=x", f"whose={other.pk}"):
        assert "Bilal Khan" not in shown(strange)[0]
    assert shown(f"whose={busy.pk}")[0] == ["My own list"]
    urls = [count["url"] for count in client.get(f"/desk/?team=1&whose={busy.pk}").context["desk"].counts]
    assert urls[0] == f"?show=late&team=1&whose={busy.pk}"


def test_who_reads_nationally_opens_one_colleagues_list_and_comes_back(office, signed_in):
    busy = advisor_with(office, late=(1, 2), full_name="Sadia Anwar")
    advisor_with(smeda_office("lahore"), late=(1,))
    client = signed_in(colleague(Role.AUDITOR))

    one, everybody = client.get(f"/desk/?show=late&whose={busy.pk}"), client.get("/desk/?show=late")

    assert [chip["url"] for chip in one.context["views"]] == [f"?whose={busy.pk}", "?"]
    assert everybody.context["views"] == []
    assert [page.context["desk"].counts[0]["number"] for page in (one, everybody)] == [2, 3]


@pytest.mark.parametrize(
    ("spans", "last"),
    [
        ([(0, 4), (5, 9)], 9),
        ([(0, 4), (6, 9)], 4),  # a day between them
        ([(0, 9), (2, 3)], 9),
        ([(1, 4)], None),
    ],
)
def test_who_is_away_comes_back_after_absences_that_join(office, manager, spans, last):
    monday = dt.date(2026, 11, 30)
    advisor = advisor_with(office)
    for first, until in spans:
        AbsenceFactory(user=advisor, from_on=monday + first * DAY, until_on=monday + until * DAY)

    found = team.gather(manager, now=timezone.now(), today=monday)

    (cells,) = [row["cells"] for group in found["groups"] for row in group["rows"]]
    assert cells[5]["text"] == ("–" if last is None else words.day_short(monday + last * DAY))


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
    assert rows_at(signed_in(manager), cells[3]["url"]) == 1


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


QUERIES = 19

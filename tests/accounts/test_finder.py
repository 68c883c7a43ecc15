"""The public finder of offices."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import Office, OfficeDistrict
from tests.factories.accounts import LocalClosureFactory, OfficeFactory
from tests.factories.casework import CalledFactory, branch, smeda_office
from tests.factories.enterprises import EntrepreneurUserFactory, district, system

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


def shown(response):
    return [row.office.code for row in response.context["found"].rows]


@pytest.mark.parametrize("typed", [{"where_town": "Shujabad"}, {"where_town": "شجاع آباد"}, {"where": "multan"}])
def test_a_town_leads_to_the_offices_that_serve_it_the_nearest_first(typed, client):
    """R1: by a town's name in either script or by the list, by GET, without any script."""
    near, lends = smeda_office("multan", code="near"), branch("multan", code="lends")

    answer = client.get("/offices/", typed)

    assert shown(answer) == ["near", "lends", "smeda-punjab"]
    assert (near.get_absolute_url(), lends.get_absolute_url()) == ("/offices/near/", "/offices/lends/")
    assert answer.context["found"].has_lender is True


def test_a_district_without_a_branch_says_so(client):
    answer = client.get("/offices/", {"where": "multan"})

    assert "No branch of Akhuwat is written down for this district yet." in answer.content.decode()


def test_an_uncertain_name_is_asked_about(client):
    answer = client.get("/offices/", {"where_town": "Swat"})

    page = answer.content.decode()
    assert ("Which district is it?" in page, 'value="upper-swat"' in page, "<title>Error:" in page) == (True,) * 3


def test_a_browser_sends_no_address_that_a_server_refuses(client):
    """R1: what is typed goes into the address, and of an address that is too long only the server speaks."""
    page = client.get("/offices/").content.decode()

    assert re.findall(r'<input type="text"[^>]* maxlength="(\d+)"', page) == ["100"]


def test_phones_can_be_called_and_what_nobody_checked_says_so(client):
    Office.objects.filter(code="smeda-kp").update(is_verified=True)
    Office.objects.filter(code="smeda-sindh").update(phone="")

    page = client.get("/offices/?all").content.decode()

    assert page.count('href="tel:') - page.count('href="tel:080') >= 3
    assert page.count("Not checked yet: call before you travel") == len(shown(client.get("/offices/?all"))) - 2
    assert page.count("Not checked yet: ask the help line before you travel") == 1
    assert page.count("Its number is not written down yet.") == 1


def test_without_a_search_nobody_looks_through_all_offices_of_the_country(client):
    """R1: the form has a list for each province; all offices are one link away."""
    page = client.get("/offices/")

    assert ('href="/offices/smeda-' in page.text, 'href="?all"' in page.text) == (False, True)


def test_of_two_of_one_kind_the_districts_own_comes_before_an_heir(client):
    heir = smeda_office("lahore", code="heir")
    smeda_office("multan", code="gone", closed_on=dt.date(2020, 1, 1), successor=heir)
    smeda_office("multan", code="own")

    assert shown(client.get("/offices/?where=multan"))[:2] == ["own", "heir"]


def test_all_offices_that_serve_somebody_come_by_pages_and_closed_ones_stay_out(client):
    """Nobody goes to a head office or an area: they stand on the pages of those below."""
    for number in range(30):
        smeda_office("multan", name=f"Office {number:02}")
    OfficeFactory(code="area")
    serving = OfficeDistrict.objects.values("office").distinct().count()
    smeda_office("multan", code="gone", closed_on=dt.date(2020, 1, 1))

    first = client.get("/offices/?all")
    second = client.get("/offices/", {"after": first.context["found"].next})

    both = shown(first) + shown(second)
    assert (len(shown(first)), {"gone", "area", "smeda-head"} & {*both}, len(set(both))) == (25, set(), serving)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_finder_asks_no_more_for_more_rows(rows, client, django_assert_num_queries):
    for _row in range(rows):
        smeda_office("multan")

    with django_assert_num_queries(6):
        client.get("/offices/", {"where": "multan"})


def test_what_is_shut_is_said_wherever_somebody_reads_where_to_go(client, signed_in):
    """In the finder, on the page of the office, and to its client: until when, why, and whom to call."""
    today = timezone.localdate()
    near = smeda_office("multan", code="near", name="Near", phone="061-1234567")
    smeda_office("multan", "lahore", code="far", name="Far", phone="")
    days = {"from_on": today, "until_on": today + dt.timedelta(days=6), "reason": "flood"}
    LocalClosureFactory(offices=[near], **days)
    LocalClosureFactory(districts=[district("multan")], **days)
    LocalClosureFactory(
        districts=[district("lahore")], offices=[near], **days | {"lifted_at": timezone.now(), "lifted_by": system()}
    )
    case = CalledFactory(person__user=EntrepreneurUserFactory(), office=near, enterprise__district=district())

    texts = [client.get(url).text for url in ("/offices/near/", "/offices/far/", "/offices/?where=multan")]
    at_lahore = client.get("/offices/?where=lahore").text
    texts.append(signed_in(case.person.user).get("/my/").text)

    both, one = "Near, Multan (flood or heavy rain).", "Multan (flood or heavy rain)."
    assert [[f": {where}" in text for where in (both, one)] for text in texts] == [
        [True, False],
        [False, True],
        [False, True],
        [True, False],
    ]
    assert [text.count("Shut until ") for text in texts] == [1, 1, 2, 1]
    assert "Shut until" not in at_lahore
    assert 'href="tel:080' in texts[1]


@pytest.mark.parametrize("rows", [1, 3])
def test_what_is_shut_asks_no_more_for_more_of_it(rows, client, django_assert_num_queries):
    today = timezone.localdate()
    for _row in range(rows):
        LocalClosureFactory(from_on=today, until_on=today, districts=[district("multan")], offices=[smeda_office()])

    with django_assert_num_queries(10):
        client.get("/offices/", {"where": "multan"})


def test_the_page_of_an_office_says_what_it_serves(client):
    parent = OfficeFactory(name="Region")
    smeda_office(
        "multan",
        "shaheed-benazirabad",
        code="near",
        parent=parent,
        phone="061-1",
        hours="Every morning",
        address="Bosan Road",
    )

    page = client.get("/offices/near/").content.decode()

    for words in (
        "Shaheed Benazirabad (Nawabshah)",
        "Multan",
        "Punjab",
        "Sindh",
        "Bosan Road",
        "Every morning",
        "Region",
    ):
        assert words in page
    assert 'href="tel:0611"' in page


def test_a_closed_office_keeps_its_page_and_names_who_took_over(client):
    today = timezone.localdate()
    new = OfficeFactory(code="new", name="The new one")
    smeda_office("multan", code="old", closed_on=today, successor=new)
    smeda_office("multan", code="left", closed_on=today)
    OfficeFactory(code="to-come", opened_on=today + dt.timedelta(days=1))
    pages = {code: client.get(f"/offices/{code}/").content.decode() for code in ("old", "left", "to-come", "new")}

    assert 'href="/offices/new/">The new one</a>' in pages["old"]
    assert "they know who serves you now" in pages["left"]
    assert "This office opens on" in pages["to-come"]
    assert "Multan" in pages["new"]  # what came from the closed one


def test_an_office_that_serves_no_district_says_so(client):
    OfficeFactory(code="head", depth=0)

    assert "It serves no district by itself" in client.get("/offices/head/").content.decode()


def test_an_unknown_office_is_not_found(client):
    assert client.get("/offices/nowhere/").status_code == 404


def test_home_and_every_footer_lead_to_the_finder(client):
    assert client.get("/").content.decode().count('href="/offices/"') == 2
    assert client.get("/fees/").content.decode().count('href="/offices/"') == 1

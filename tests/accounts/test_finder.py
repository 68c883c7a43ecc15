"""The public finder of offices."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.models import Office
from tests.factories.accounts import OfficeFactory
from tests.factories.casework import branch, smeda_office

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

    page = client.get("/offices/").content.decode()

    assert page.count('href="tel:') - page.count('href="tel:080') >= 4
    assert page.count("Not checked yet: call before you travel") == len(shown(client.get("/offices/"))) - 3
    assert page.count("Not checked yet: ask the help line before you travel") == 2
    assert page.count("Its number is not written down yet.") == 2


def test_all_offices_come_by_pages_and_closed_ones_stay_out(client):
    for number in range(30):
        OfficeFactory(name=f"Office {number:02}")
    OfficeFactory(code="gone", closed_on=dt.date(2020, 1, 1))

    first = client.get("/offices/")
    second = client.get("/offices/", {"after": first.context["found"].next})

    both = shown(first) + shown(second)
    assert (len(shown(first)), "gone" in both, len(set(both))) == (25, False, Office.objects.count() - 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_finder_asks_no_more_for_more_rows(rows, client, django_assert_num_queries):
    for _row in range(rows):
        smeda_office("multan")

    with django_assert_num_queries(4):
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

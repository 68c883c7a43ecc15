"""R5: the owner's details and the advisor's, one page at a time, each field with who stated it."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from enterprises.actions.statements import state
from enterprises.models import Enterprise
from kit import cnic, words
from tests.factories.accounts import colleague
from tests.factories.enterprises import EnterpriseFactory, OwnershipFactory, district, entrepreneur, system

pytestmark = pytest.mark.django_db


def sent(**values):
    return {"request_key": str(uuid.uuid4()), "version": "0"} | values


def facts(response):
    return {str(row["label"]): row for section in response.context["sections"] for row in section["rows"]}


def test_the_owner_sees_who_stated_what(signed_in, advisor):
    owned = entrepreneur()
    state(owned.person, ["name"], source="card", by=advisor)
    state(owned.person, ["sex"], source="self", by=system())
    state(owned.enterprise, ["what"], source="assisted", by=advisor)
    state(owned.enterprise, ["name"], source="assisted", by=owned.person.user)

    shown = facts(signed_in(owned.person.user).get("/my/details/"))

    today = words.plain(words.day_plain(timezone.localdate()))
    assert {label: row["small"] for label, row in shown.items() if "small" in row} == {
        "Name": f"Written down by you, {today}",
        "Sex": f"Said by you, {today}",
        "What it makes or sells": f"Written down by {advisor}, {today}",
        "Size": "Worked out from the sales.",
    }


def test_each_owner_reads_which_of_them_said_it(signed_in):
    """R10: what the other one said is not called one's own."""
    owned, other = entrepreneur(), entrepreneur().person
    other.name = "Rukhsana Kausar"
    other.save()
    OwnershipFactory(person=other, enterprise=owned.enterprise, is_contact=False)
    state(owned.enterprise, ["what"], source="self", by=system())
    state(owned.enterprise, ["premises"], source="self", by=other.user)
    owned.enterprise.statements.filter(field="what").update(disputed_at=timezone.now())
    url = f"/my/details/?ref={owned.enterprise.reference}"

    shown = [facts(signed_in(one.user).get(url)) for one in (owned.person, other)]
    said = [[rows[name]["small"] for name in ("What it makes or sells", "Where they work")] for rows in shown]

    today = words.plain(words.day_plain(timezone.localdate()))
    wrong = "An owner said that it is wrong."
    assert said == [
        [f"Said by you, {today}. {wrong}", f"Said by Rukhsana Kausar, {today}"],
        [f"Said by {owned.person.name}, {today}. {wrong}", f"Said by you, {today}"],
    ]


def test_the_owner_changes_a_page_and_comes_back(signed_in):
    owned = entrepreneur()
    client = signed_in(owned.person.user)

    answer = client.post(f"/my/details/{owned.enterprise.pk}/size/", sent(sales="4,000", sales_per="day", workers="3"))

    owned.enterprise.refresh_from_db()
    assert answer["Location"] == f"/my/details/?ref={owned.enterprise.reference}"
    assert (owned.enterprise.sales, owned.enterprise.workers, owned.enterprise.women) == (4000, 3, None)


def test_another_business_is_shown_where_it_is_asked_for(signed_in):
    owned = entrepreneur()
    second = EnterpriseFactory()
    OwnershipFactory(person=owned.person, enterprise=second)
    client = signed_in(owned.person.user)

    shown = [client.get("/my/details/", {"ref": ref}).context["enterprise"] for ref in ("", owned.enterprise.reference)]

    assert shown == [second, owned.enterprise]


def test_whoever_has_no_business_is_sent_home(signed_in):
    owned = entrepreneur()
    owned.delete()

    assert signed_in(owned.person.user).get("/my/details/")["Location"] == reverse("portal:my")


def test_the_advisor_writes_down_what_is_said(signed_in, advisor):
    owned = entrepreneur()
    client = signed_in(advisor)

    answer = client.post(f"/desk/enterprises/{owned.enterprise.pk}/you/", sent(language="ur", education="matric"))

    owned.person.refresh_from_db()
    shown = facts(client.get(answer["Location"]))
    assert (owned.person.education, shown["Education"]["small"][:20]) == ("matric", "Written down by you,")


@pytest.mark.parametrize(
    ("asked", "back", "carried"),
    [
        ("/desk/clients/7/", "/desk/clients/7/", "?next=%2Fdesk%2Fclients%2F7%2F"),
        ("", "/staff/", ""),
        ("//elsewhere.example/", "/staff/", ""),
    ],
)
def test_the_advisor_comes_back_to_the_page_the_details_were_opened_from(signed_in, advisor, asked, back, carried):
    owned, client = entrepreneur(), signed_in(advisor)
    owned.person.cnic = None
    owned.person.cnic_standing = "none"
    owned.person.save()
    here, card = f"/desk/enterprises/{owned.enterprise.pk}/", f"/desk/people/{owned.person.pk}/card/"
    parts = [card, *(f"{here}{part}/" for part in ("you", "business", "size", "consents"))]

    page = client.get(f"{here}?next={asked}").text
    leads_back = [f'<a class="back" href="{here}{carried}">' in client.get(part + carried).text for part in parts]
    saved = client.post(f"{here}you/{carried}", sent(language="ur"))

    assert f'<a class="back" href="{back}">' in page
    assert [f'href="{part}{carried}"' in page for part in parts] == [True] * 5
    assert (leads_back, saved.get("Location")) == ([True] * 5, here + carried)


def test_kind_of_work_start_and_help_are_changed_and_say_who_stated_them(signed_in, advisor):
    """R4, R5: what was wrong since the registration is put right by an advisor, and by its owner."""
    owned = entrepreneur(started_on=dt.date(2020, 1, 1), help_wanted=["loan"])
    client, url = signed_in(advisor), f"/desk/enterprises/{owned.enterprise.pk}/business/"
    typed = {"sector": "grocery", "started_month": "5", "started_year": "2018", "help_wanted": ["course"]}

    page = client.get(url)
    shown = facts(client.post(url, sent(**typed), follow=True))
    late = client.post(url, sent(**typed | {"started_year": "2017"}))

    owned.enterprise.refresh_from_db()
    stands = (owned.enterprise.sector.code, owned.enterprise.started_on, owned.enterprise.help_wanted)
    assert 'value="2020"' in page.text
    assert stands == ("grocery", dt.date(2018, 5, 1), ["course"])
    labels = ("Kind of business", "Running since", "Help wanted")
    assert [shown[label]["small"][:20] for label in labels] == ["Written down by you,"] * 3
    since = {"label": "Running since", "yours": "May 2017", "theirs": "May 2018"}
    assert (late.status_code, late.context["rows"]) == (409, [since])


def test_nothing_different_says_so(signed_in, advisor):
    owned = entrepreneur()

    answer = signed_in(advisor).post(
        f"/desk/enterprises/{owned.enterprise.pk}/you/", sent(language=owned.person.language), follow=True
    )

    assert "Nothing was different." in answer.content.decode()


def test_a_stale_page_shows_both_texts(signed_in, advisor):
    owned = entrepreneur()
    client = signed_in(advisor)
    url = f"/desk/enterprises/{owned.enterprise.pk}/business/"
    client.post(url, sent(name="First name"))

    answer = client.post(url, sent(name="Second name"))

    assert (answer.status_code, "First name" in answer.content.decode()) == (409, True)
    assert "Second name" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "where", "page", "status"),
    [
        (Role.ADVISOR, "lahore", "", 404),
        (Role.ADVISOR, "lahore", "size/", 404),
        (Role.ADVISOR, "multan", "nothing/", 404),
        (Role.AUDITOR, None, "", 200),
        (Role.AUDITOR, None, "size/", 403),
    ],
)
def test_what_is_out_of_sight_is_not_there(signed_in, role, where, page, status):
    owned = entrepreneur()
    user = colleague(role, districts=[district(where)] if where else [])

    assert signed_in(user).get(f"/desk/enterprises/{owned.enterprise.pk}/{page}").status_code == status


def test_nobody_changes_a_stranger_s_business(signed_in):
    owned, stranger = entrepreneur(), entrepreneur()

    answer = signed_in(stranger.person.user).post(f"/my/details/{owned.enterprise.pk}/size/", sent(workers="3"))

    assert answer.status_code == 404


def test_who_only_reads_has_no_links_to_change(signed_in):
    owned = entrepreneur()

    page = signed_in(colleague(Role.AUDITOR)).get(f"/desk/enterprises/{owned.enterprise.pk}/")

    assert [section["url"] for section in page.context["sections"]] == [""] * 3


def test_after_registering_somebody_the_page_leads_to_the_case(signed_in, advisor):
    said = {"name": "Nasreen Bibi", "sex": "woman", "language": "ur", "stage": "running", "district": "multan"}

    page = signed_in(advisor).post("/desk/register/", sent(**said), follow=True)

    enterprise = Enterprise.objects.get()
    assert page.redirect_chain == [(f"/desk/enterprises/{enterprise.pk}/", 302)]
    assert f'href="/desk/cases/{enterprise.case.pk}/">' in page.content.decode()


def test_the_number_of_queries_does_not_grow_with_what_is_stated(signed_in, advisor):
    owned = entrepreneur()
    client, counts = signed_in(advisor), []
    for fields in (["name"], ["what", "sales", "workers"]):
        state(owned.enterprise, fields, source="assisted", by=advisor)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/desk/enterprises/{owned.enterprise.pk}/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_colleagues_see_so_much_of_a_card_as_tells_it_apart(signed_in, advisor):
    owned = entrepreneur()
    whole = cnic.display(owned.person.cnic)

    pages = [
        signed_in(user).get(url).content.decode()
        for user, url in (
            (advisor, f"/desk/enterprises/{owned.enterprise.pk}/"),
            (owned.person.user, "/my/details/"),
        )
    ]

    assert [whole in page for page in pages] == [False, True]

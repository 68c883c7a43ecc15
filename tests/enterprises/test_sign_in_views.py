"""Signing in (R11): no page, status or statement tells whether a CNIC is with us."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from enterprises.models import OneTimeCode, Person
from enterprises.views import sign_in
from messaging.models import Message
from tests.enterprises.walk import CNIC, PHONE, digits
from tests.factories.accounts import EntrepreneurUserFactory
from tests.factories.enterprises import OwnershipFactory, PersonFactory, entrepreneur

pytestmark = pytest.mark.django_db
UNKNOWN = "3630248291057"


@pytest.fixture
def person():
    person = PersonFactory(cnic=CNIC, phone=PHONE)
    OwnershipFactory(person=person)
    return person


def text_of(response):
    return re.sub(r'name="(csrfmiddlewaretoken|request_key)" value="[^"]*"', "", response.content.decode())


def test_cnic_and_code_open_the_page_of_the_business(client, person):
    asked = client.post("/sign-in/", {"cnic": "۳۶۳۰۲-۴۸۲۹۱۰۵-۶"})
    before = client.session.session_key

    entered = client.post("/sign-in/code/", {"code": digits()})

    person.refresh_from_db()
    assert (asked["Location"], entered["Location"]) == ("/sign-in/code/", "/my/")
    assert (client.session["_auth_user_id"], client.session.session_key == before) == (str(person.user.pk), False)


def test_the_session_ends_eight_hours_later_whatever_is_done_meanwhile(client, person):
    client.post("/sign-in/", {"cnic": CNIC})
    client.post("/sign-in/code/", {"code": digits()})

    left = client.session.get_expiry_date() - timezone.now()

    session = client.session
    session["touched"] = True
    session.save()
    assert dt.timedelta(hours=7, minutes=59) < left <= dt.timedelta(hours=8)
    assert client.session.get_expiry_date() - timezone.now() < left


def test_a_known_and_an_unknown_number_give_the_same(person):
    seen = {}

    for name, number in (("known", CNIC), ("unknown", UNKNOWN)):
        visitor = Client()
        visitor.get("/sign-in/")
        with CaptureQueriesContext(connection) as queries:
            asked = visitor.post("/sign-in/", {"cnic": number})
        statements = [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]]
        page = text_of(visitor.get(asked["Location"]))
        wrong = [text_of(visitor.post("/sign-in/code/", {"code": "000000"})) for _try in range(6)]
        seen[name] = (asked.status_code, asked["Location"], statements, page, wrong)

    assert seen["known"] == seen["unknown"]
    assert (Message.objects.count(), OneTimeCode.objects.count()) == (1, 2)


def test_the_page_says_nothing_of_the_phone(client, person):
    client.post("/sign-in/", {"cnic": CNIC})

    page = client.get("/sign-in/code/").content.decode()

    assert [part in page for part in (PHONE, "0300-0001234", "234", person.name)] == [False] * 4


def test_codes_for_one_number_are_limited_whoever_asks(person):
    known = [Client().post("/sign-in/", {"cnic": CNIC}).status_code for _time in range(7)]
    unknown = [Client().post("/sign-in/", {"cnic": UNKNOWN}).status_code for _time in range(7)]

    assert known == unknown == [302] * 6 + [429]


def test_an_address_has_many_and_not_endless(client, monkeypatch):
    monkeypatch.setattr(sign_in, "FROM_ONE_ADDRESS", 2)

    answers = [client.post("/sign-in/", {"cnic": f"36302482910{place:02d}"}).status_code for place in range(3)]

    assert answers == [302, 302, 429]


def test_the_code_opens_no_other_session(client, person):
    client.post("/sign-in/", {"cnic": CNIC})
    other = Client()
    other.post("/sign-in/", {"cnic": UNKNOWN})
    typed = digits()

    answers = [other.post("/sign-in/code/", {"code": typed}).status_code, Client().get("/sign-in/code/").status_code]

    assert (answers, User.objects.filter(kind="entrepreneur").count()) == ([200, 302], 0)


def test_a_number_of_twelve_digits_is_refused_in_words(client):
    page = client.post("/sign-in/", {"cnic": "36302-4829105"})

    assert page.context["form"].errors == {"cnic": ["Enter all 13 digits of your CNIC. There are 12 here."]}


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/my/consents/", "/my/consents/"),
        ("https://evil.example/", "/my/"),
        ("//evil.example/", "/my/"),
        ("javascript:alert(1)", "/my/"),
        ("", "/my/"),
    ],
)
def test_afterwards_it_leads_to_pages_of_ours_alone(client, person, wanted, led_to):
    asked = client.post("/sign-in/", {"cnic": CNIC}, query_params={"next": wanted})

    assert client.post(asked["Location"], {"code": digits()})["Location"] == led_to


def test_who_is_signed_in_already_goes_on(signed_in):
    client = signed_in(entrepreneur().person.user)

    assert [client.get(url)["Location"] for url in ("/sign-in/", "/sign-in/?next=/my/consents/")] == [
        "/my/",
        "/my/consents/",
    ]


def test_two_on_one_phone_each_come_to_their_own(person):
    brother = PersonFactory(phone=PHONE, phone_owner=Person.PhoneOwner.SPOUSE)
    found = []

    for number in (CNIC, brother.cnic):
        visitor = Client()
        visitor.post("/sign-in/", {"cnic": number})
        visitor.post("/sign-in/code/", {"code": digits()})
        found.append(User.objects.get(pk=visitor.session["_auth_user_id"]).person)

    assert found == [person, brother]


def test_codes_tried_from_one_address_are_limited(client, person, monkeypatch):
    client.post("/sign-in/", {"cnic": CNIC})
    monkeypatch.setattr(sign_in, "FROM_ONE_ADDRESS", 2)

    answers = [client.post("/sign-in/code/", {"code": "000000"}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_signing_out_is_a_post_and_ends_the_session(signed_in):
    client = signed_in(EntrepreneurUserFactory())

    answers = [client.get("/staff/sign-out/").status_code, client.post("/staff/sign-out/")["Location"]]

    assert (answers, "_auth_user_id" in client.session) == ([405, "/"], False)


def test_without_asking_there_is_no_code_page(client):
    assert client.get("/sign-in/code/?next=/my/")["Location"] == "/sign-in/?next=%2Fmy%2F"

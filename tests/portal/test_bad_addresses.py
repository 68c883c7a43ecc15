"""No address breaks a page: numbers that no column holds, what no database takes, cookies of nonsense. Promise 16."""

from http import HTTPStatus

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.roles import Role
from portal.doors import ADMIN_NAMESPACE, DOORS
from tests.factories.accounts import colleague
from tests.factories.enterprises import entrepreneur
from tests.portal.walk import FITTING, patterns

pytestmark = pytest.mark.django_db
FAULT = 500

PARTS = [
    {"int": "9" * 20, "str": "9" * 20, "slug": "9" * 20},
    {"int": "9" * 5000, "str": "9" * 5000},
    {"str": "%00"},
    {"str": "%ED%A0%80%FF"},
]
ASKED = (
    "ref", "show", "team", "format", "next", "view", "state", "month", "corrects", "district", "province", "course",
    "phone", "language", "status", "advisor", "office", "code",
)  # fmt: skip
# What each question is asked with, and the cursor of a list beside it.
VALUES = [("%00", "2026-11-31_x_9"), ("%ED%A0%80%FF" + "9" * 30, "0001-01-01_casework.step_999999999999999999")]
SESSION = 'sessionid="aaaaaaaaaaaa\\000"'
COOKIES = [
    SESSION,
    f"sessionid={'x' * 3000}",
    'csrftoken="\\000"',
    'django_language="\\000"',
    'registration="\\000a:b:c"',
    "registration=a:b:c",
    'messages="\\000"',
]


def pages():
    """(name, address) of every page of ours, with parts that fit."""
    return [(name, url) for name, url in patterns() if not name.startswith(f"{ADMIN_NAMESPACE}:")]


def with_bad_parts(monkeypatch):
    fitting = set(pages())
    for parts in PARTS:
        with monkeypatch.context() as patch:
            for kind, part in parts.items():
                patch.setitem(FITTING, kind, part)
            yield from set(pages()) - fitting


def with_bad_questions():
    for name, url in pages():
        for value, cursor in VALUES:
            yield name, f"{url}?after={cursor}&" + "&".join(f"{asked}={value}" for asked in ASKED)


@pytest.fixture
def broken(signed_in):
    """A function: those of the addresses at which somebody whom the door admits is answered with a fault of ours."""
    clients = {role: signed_in(colleague(role)) for role in Role.values}
    own = signed_in(entrepreneur().person.user)

    def answers(name, url):
        door = DOORS[name]
        readers = [own] * door.for_entrepreneurs + [clients[role] for role in sorted(door.roles)[:1]]
        for client in readers or [Client()]:
            client.raise_request_exception = False
            yield client.get(url).status_code

    return lambda addresses: [(name, url[:80]) for name, url in addresses if max(answers(name, url)) >= FAULT]


def test_no_part_of_an_address_breaks_a_page(broken, monkeypatch):
    assert broken(with_bad_parts(monkeypatch)) == []


def answer_to_nul():
    return Client(raise_request_exception=False).get("/verify/%00/").status_code


def test_a_nul_in_an_address_is_refused_before_any_page():
    assert answer_to_nul() == HTTPStatus.BAD_REQUEST


@pytest.mark.xfail(strict=True, reason="the control: without the guard a NUL reaches the page", raises=AssertionError)
def test_a_nul_in_an_address_is_refused_before_any_page_control(monkeypatch):
    monkeypatch.setattr("kit.middleware.NUL", "no such thing")

    assert answer_to_nul() == HTTPStatus.BAD_REQUEST


def test_no_question_breaks_a_page(broken):
    assert broken(with_bad_questions()) == []


def asked_with(cookie):
    client = Client(raise_request_exception=False)
    return [client.get(url, headers={"cookie": cookie}).status_code for url in ("/", "/register/", "/my/")]


@pytest.mark.parametrize("cookie", COOKIES)
def test_no_cookie_breaks_a_page(cookie):
    assert asked_with(cookie) == [200, 200, 302]


@pytest.mark.xfail(
    strict=True, reason="the control: without the guard a NUL reaches the database", raises=AssertionError
)
def test_no_cookie_breaks_a_page_control(monkeypatch):
    monkeypatch.setattr("kit.middleware.NUL", "no such thing")

    assert asked_with(SESSION) == [200, 200, 302]


# A database out of reach


def away(*_values, **_names):
    raise OperationalError


def answer_while_away(monkeypatch, place, url):
    monkeypatch.setattr(place, away)
    response = Client(raise_request_exception=False).get(url, headers={"cookie": f"sessionid={'x' * 32}"})
    return response.status_code, response.get("Retry-After")


OUT_OF_REACH = pytest.mark.parametrize(
    ("place", "url"),
    [
        ("portal.pages.home.gather", "/"),  # met by the page
        ("django.contrib.sessions.backends.db.SessionStore.load", "/my/"),  # met by the door, before any page
    ],
)


@OUT_OF_REACH
def test_a_database_out_of_reach_is_a_matter_of_time(monkeypatch, place, url):
    assert answer_while_away(monkeypatch, place, url) == (503, "120")


@OUT_OF_REACH
@pytest.mark.xfail(strict=True, reason="the control: nobody asks what the fault was", raises=AssertionError)
def test_a_database_out_of_reach_is_a_matter_of_time_control(monkeypatch, place, url):
    monkeypatch.setattr("kit.errors.is_out_of_reach", lambda fault: False)

    assert answer_while_away(monkeypatch, place, url) == (503, "120")
